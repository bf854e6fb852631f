"""The floor's side."""

from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tests.bench.floor.frames import StorefrontSettings
from tests.bench.floor.models import (
    CatalogItem,
    Category,
    GoalTotals,
    ItemCategory,
    ItemVariant,
    MediaAsset,
    Order,
    Site,
)
from tests.bench.floor.orders import TABLES, CustomerOrder
from tests.bench.floor.views import SITES
from tests.bench.orders import take_order
from tests.bench.side import backend, cost, database_time, disconnect, recorded
from tests.bench.visits import answers, pages, submission_times, submissions, submitted

__all__ = [
    "answers", "backend", "disconnect", "pages", "submission_times", "submissions", "submitted",
]  # fmt: skip


#: Those with rows of ours, in the order in which they can be made.
_SHARED = (StorefrontSettings, CatalogItem, MediaAsset, ItemVariant, Category, ItemCategory)


def load(sites: dict[str, dict[str, str]], rows: dict[str, list[dict[str, Any]]]) -> None:
    """Take over our rows: the sites by host, the settings and the catalog."""
    tables = connection.introspection.table_names()
    with connection.schema_editor() as editor:
        for model in (*_SHARED, GoalTotals, Order, *TABLES):
            if model._meta.db_table not in tables:
                editor.create_model(model)
    SITES.clear()
    SITES.update({host: Site(**fields) for host, fields in sites.items()})
    for model in _SHARED:
        for row in rows[model.__name__]:
            model.objects.update_or_create(id=row["id"], defaults=row)


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


def insertion_times(times: int) -> int:
    """Nanoseconds that `times` single rows of the table of orders take, each with its commit."""
    return database_time(_insert, times)


def _insert() -> None:
    now = timezone.now()
    with transaction.atomic():
        CustomerOrder.objects.create(
            number=f"I-{now:%H%M%S%f}",
            customer_name="نورة المطيري",
            customer_phone="+96550001234",
            language="ar",
            total=Decimal("12.500"),
            created_at=now,
            updated_at=now,
        )
