"""Reads of what is shown anew on a kept page: one statement for all parts of a page that ask alike."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import prefetch_related_objects

from storefront.models import CatalogItem
from storefront.models.items import FEW

_FIGURES = """
SELECT item.id::text, item.kind, item.stock, item.goal, item.ends_on,
       totals.received, totals.pending, totals.pledged
FROM catalog_items item LEFT JOIN goal_totals totals ON totals.item_id = item.id
WHERE item.id = ANY(%s::uuid[]) AND item.status = 'published'
"""


@dataclass(frozen=True, slots=True)
class ItemTotals:
    """What was given to a project so far, in KWD."""

    received: Decimal
    pending: Decimal
    pledged: Decimal


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """What orders and gifts change of a published item, under the names that it has on the item."""

    kind: str
    stock: int | None
    goal: Decimal | None
    ends_on: date | None
    totals: ItemTotals | None

    @property
    def is_available(self) -> bool:
        """Whether a visitor can have one now."""
        return self.stock != 0

    @property
    def is_scarce(self) -> bool:
        """Whether so few are left that visitors should know."""
        return self.stock is not None and 0 < self.stock <= FEW


def figures_of(ids: Iterable[str]) -> dict[str, Any]:
    """The figures of the published items among these, by id. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, [list(ids)])
        return {row[0]: _figures(*row[1:]) for row in cursor.fetchall()}


def items_of(ids: Iterable[str]) -> dict[str, Any]:
    """The published items among these, whole, by id: with their variants and what was given to them. One
    query, two if there are variants.
    """
    found = CatalogItem.objects.select_related("totals").filter(id__in=ids, status="published")
    items = list(found.order_by())
    with_variants = [item for item in items if item.has_variants]
    if with_variants:
        prefetch_related_objects(with_variants, "variants")
    return {str(item.id): item for item in items}


#: By what a part says that it reads (`storefront.domain.live`).
READS: Mapping[str, Callable[[Iterable[str]], dict[str, Any]]] = {
    "figures": figures_of,
    "items": items_of,
}


def _figures(
    kind: str,
    stock: int | None,
    goal: Decimal | None,
    ends_on: date | None,
    *given: Decimal | None,
) -> ItemFigures:
    received, pending, pledged = given
    if received is None or pending is None or pledged is None:
        return ItemFigures(kind, stock, goal, ends_on, None)
    return ItemFigures(kind, stock, goal, ends_on, ItemTotals(received, pending, pledged))
