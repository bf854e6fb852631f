"""Numbers that people read out on the phone: unique and without gaps, a tenant and kind."""

from django.db import connection

from capture.models import NumberCounter

FIRST = 1001


def take_number(kind: str, prefix: str) -> str:
    """The next number, such as `O-1001`. Last in the transaction: it locks the counter's row until the
    commit, and a rollback gives the number back.
    """
    table = connection.ops.quote_name(NumberCounter._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS counter (kind, value) VALUES (%s, %s)"  # noqa: S608 (a model's table)
            " ON CONFLICT (kind) DO UPDATE SET value = counter.value + 1 RETURNING value",
            [kind, FIRST],
        )
        (value,) = cursor.fetchone()
    return f"{prefix}-{value}"
