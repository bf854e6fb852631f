"""Reads of the catalog."""

from django.db.models import Q, QuerySet

from storefront.enums import ItemStatus
from storefront.models import CatalogItem


def published_items(*, kind: str = "", search: str = "") -> QuerySet[CatalogItem]:
    """What visitors see, in the tenant's order, with its pictures (one more query)."""
    return items_matching(status=ItemStatus.PUBLISHED, kind=kind, search=search)


def items_matching(*, status: str = "", kind: str = "", search: str = "") -> QuerySet[CatalogItem]:
    """The tenant's items in its order, with their pictures; `search` looks into names and slug."""
    items = CatalogItem.objects.prefetch_related("media")
    if status:
        items = items.filter(status=status)
    if kind:
        items = items.filter(kind=kind)
    for word in search.split():
        items = items.filter(
            Q(name_ar__icontains=word) | Q(name_en__icontains=word) | Q(slug__icontains=word)
        )
    return items


def published_item(slug: str) -> CatalogItem | None:
    """The item that visitors see at this address, with its pictures, or None. Two queries."""
    return published_items().filter(slug=slug).first()
