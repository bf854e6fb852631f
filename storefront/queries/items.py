"""Reads of the catalog."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, QuerySet

from storefront.enums import ItemStatus
from storefront.models import CatalogItem
from storefront.queries.searching import matching
from storefront.queries.variants import with_price_range
from storefront.queries.visibility import visible


def published_items(*, kind: str = "", search: str = "") -> QuerySet[CatalogItem]:
    """What visitors see, in the tenant's order, with its pictures (one more query)."""
    found = items_matching(kind=kind, search=search).filter(visible())
    return found.select_related("totals")


def items_matching(*, status: str = "", kind: str = "", search: str = "") -> QuerySet[CatalogItem]:
    """The tenant's items in its order, with their pictures; `search` as in `searching.matching`."""
    items = with_price_range(CatalogItem.objects.prefetch_related("media"))
    if status:
        items = items.filter(status=status)
    if kind:
        items = items.filter(kind=kind)
    return matching(items, search)


def count_items_by_status(items: QuerySet[CatalogItem] | None = None) -> dict[str, int]:
    """How many of `items` (of all, unless given) are in each status; every status is there."""
    found = CatalogItem.objects.all() if items is None else items.prefetch_related(None)
    counts = dict(found.values_list("status").annotate(Count("id")).order_by())
    return {status: counts.get(status, 0) for status in ItemStatus.values}


def item_by_slug(slug: str) -> CatalogItem | None:
    """The item with this slug, whatever its status, with its pictures, or None. Two queries."""
    return items_matching().filter(slug=slug).first()


def item_by_id(item_id: UUID) -> CatalogItem | None:
    """The item with this id, whatever its status, with its pictures, or None. Two queries."""
    return items_matching().filter(id=item_id).first()


def published_item(slug: str) -> CatalogItem | None:
    """The item that visitors see at this address, with its pictures, or None. Two queries."""
    return published_items().filter(slug=slug).first()


def items_by_id(ids: Iterable[UUID]) -> dict[UUID, CatalogItem]:
    """The items with these ids that there are, published or not, with their pictures."""
    return CatalogItem.objects.prefetch_related("media").in_bulk(list(ids))
