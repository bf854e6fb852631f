"""Reads of variants."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects

from storefront.models import CatalogItem, ItemVariant


def variants_by_id(ids: Iterable[UUID]) -> dict[UUID, ItemVariant]:
    """The variants with these ids that there are. One query, none for no ids."""
    wanted = list(ids)
    return ItemVariant.objects.in_bulk(wanted) if wanted else {}


def with_variants(item: CatalogItem) -> CatalogItem:
    """The item with its variants at hand, in their order. One query, none if it has none."""
    if item.has_variants:
        prefetch_related_objects([item], "variants")
    return item


def with_price_range(items: QuerySet[CatalogItem]) -> QuerySet[CatalogItem]:
    """The same items with `has_price_range`, whether there is a variant at another price than the lowest;
    no query more.
    """
    dearer = ItemVariant.objects.filter(item=OuterRef("pk"), price__gt=OuterRef("price"))
    told = {"has_price_range": Q(has_variants=True) & Exists(dearer)}
    return items.annotate(**told)
