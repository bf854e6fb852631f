"""Writers of a tenant take turns where rows' locks don't do."""

from django.db import connection

from tenants import scopes


def take_turn(name: str) -> None:
    """Wait until no other transaction of this tenant has a turn of this name; ours ends with our own.
    Take it before any row's lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"{scopes.current_tenant_id()}/{name}"],
        )
