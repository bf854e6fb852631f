"""Stock django-tenants making schemas of our apps by its own `create_schema`, for information."""

import uuid

from django.db import connection, transaction
from django_tenants.models import TenantMixin

from tenants.db.catalog import TEMPLATE, catalog_hash
from tests.bench.side import cost


class Shop(TenantMixin):
    """A tenant as django-tenants has it; only its schema is made."""

    class Meta:
        app_label = "bench"


def creations(times: int) -> int:
    """CPU of making `times` schemas, without roles and grants; they are dropped again.

    In a transaction, where django-tenants keeps its connection: outside one it opens another.
    """
    connection.ensure_connection()
    shops = [Shop(schema_name=f"stock_{uuid.uuid4().hex}") for _ in range(times)]
    rest = iter(shops)

    def create() -> None:
        with transaction.atomic():
            next(rest).create_schema(check_if_exists=True, verbosity=0)

    spent = cost(create, times)
    _drop(shops)
    return spent


def makes_the_template() -> bool:
    """Whether its schema has the tables, keys and indexes of ours."""
    shop = Shop(schema_name=f"stock_{uuid.uuid4().hex}")
    with transaction.atomic():
        shop.create_schema(check_if_exists=True, verbosity=0)
    with transaction.atomic(), connection.cursor() as cursor:
        hashes = {catalog_hash(cursor, one) for one in (shop.schema_name, TEMPLATE)}
    _drop([shop])
    return len(hashes) == 1


def _drop(shops: list[Shop]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for shop in shops:
            cursor.execute(f'DROP SCHEMA "{shop.schema_name}" CASCADE')
