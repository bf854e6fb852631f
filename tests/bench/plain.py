"""The floor's side."""

from typing import Any

from django.db import connection

from tests.bench.floor.models import Order, Site, StorefrontSettings
from tests.bench.floor.views import SITES
from tests.bench.orders import take_order
from tests.bench.side import answers, backend, cost, disconnect, pages, recorded

__all__ = ["answers", "backend", "disconnect", "pages"]


def load(sites: dict[str, dict[str, str]], storefront: dict[str, Any]) -> None:
    """Take over our rows: the sites by host, and the settings."""
    tables = connection.introspection.table_names()
    with connection.schema_editor() as editor:
        for model in (StorefrontSettings, Order):
            if model._meta.db_table not in tables:
                editor.create_model(model)
    SITES.clear()
    SITES.update({host: Site(**fields) for host, fields in sites.items()})
    StorefrontSettings.objects.update_or_create(id=storefront["id"], defaults=storefront)


def transactions(times: int) -> int:
    """CPU of `times` orders."""
    return cost(lambda: take_order(Order), times)


def orders(places: int) -> list[list[str]]:
    """The statements of one order, once for each of the other side's tenants."""
    found = []
    for _ in range(places):
        with recorded() as statements:
            take_order(Order)
        found.append(statements)
    return found
