"""Reads of the catalog for those who write it."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from storefront.models import CatalogItem
from storefront.queries.items import items_matching


def staff_items(
    *, status: str = "", kind: str = "", category: str = "", search: str = ""
) -> QuerySet[CatalogItem]:
    """The tenant's items in its order, with their pictures; `category` is a slug."""
    found = items_matching(status=status, kind=kind, search=search)
    return found.filter(categories__slug=category) if category else found


def items_in_full(
    *, status: str = "", kind: str = "", category: str = "", search: str = ""
) -> QuerySet[CatalogItem]:
    """`staff_items` with their variants and categories too: three more queries in all."""
    found = staff_items(status=status, kind=kind, category=category, search=search)
    return found.prefetch_related("variants", "categories")


def item_in_full(name: str) -> CatalogItem | None:
    """The item with this slug or this id, whatever its status, with all that belongs to it, or None."""
    # The slug first: 32 letters and digits can be one as well as an id.
    found = items_in_full().filter(slug=name).first()
    item_id = None if found else _id(name)
    return items_in_full().filter(id=item_id).first() if item_id else found


def items_by_ids(ids: Iterable[UUID]) -> QuerySet[CatalogItem]:
    """Those of these items that there are, in the tenant's order."""
    return staff_items().filter(id__in=list(ids))


def place_of(item_id: UUID) -> int:
    """An item's place among all, counted from 1; 1 if it is gone."""
    found = CatalogItem.objects.filter(id=item_id).values_list("position", flat=True).first()
    return max(1, found or 1)


def _id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
