"""The catalog as visitors look through it: narrowed, counted and in the order that they choose."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce

from storefront.enums import ItemKind, ItemSort
from storefront.models import CatalogItem, Category
from storefront.models.items import MOST
from storefront.queries.items import published_items
from storefront.queries.searching import best_first
from storefront.queries.visibility import visible

_PRICE: "DecimalField[Any, Any]" = DecimalField(max_digits=12, decimal_places=3)
#: What is on request stands behind all prices, whichever way they run.
_BEHIND = {ItemSort.CHEAPEST: MOST + 1, ItemSort.DEAREST: Decimal(-1)}


def shelf(
    *,
    kind: str = "",
    category: str = "",
    search: str = "",
    available: bool = False,
    least: Decimal | None = None,
    most: Decimal | None = None,
) -> QuerySet[CatalogItem]:
    """Published items of one kind and category (a slug), with all the words of `search`, that can be had
    now, at a price (KWD) within bounds: all that is asked for.
    """
    items = published_items(kind=kind, search=search)
    if category:
        items = items.filter(categories__slug=category)
    if available:
        items = items.exclude(stock=0)
    if least is not None:
        items = items.filter(price__gte=least)
    return items if most is None else items.filter(price__lte=most)


def featured_first() -> QuerySet[CatalogItem]:
    """What visitors see, what the tenant features first, and in its order within."""
    return published_items().order_by("-is_featured", "position", "created_at", "id")


def in_order(items: QuerySet[CatalogItem], *, sort: str, search: str) -> QuerySet[CatalogItem]:
    """`items` in the order chosen (an ItemSort); empty: the best match first, or the tenant's own.

    All but the tenant's order and the newest come with a `place` that the order begins with.
    """
    if sort == ItemSort.NEWEST:
        return items.order_by("-created_at", "-id")
    if sort in _BEHIND:
        return _by_price(items, ItemSort(sort))
    return best_first(items, search) if search else items


def _by_price(items: QuerySet[CatalogItem], sort: ItemSort) -> QuerySet[CatalogItem]:
    price = Coalesce(F("price"), Value(_BEHIND[sort]), output_field=_PRICE)
    first = "place" if sort == ItemSort.CHEAPEST else "-place"
    return items.annotate(place=price).order_by(first, "position", "id")


def count_by_kind(items: QuerySet[CatalogItem] | None = None) -> dict[str, int]:
    """How many of `items` (of all that visitors see, unless given) there are of each kind that has some,
    in the kinds' order.
    """
    found = (published_items() if items is None else items).prefetch_related(None).order_by()
    return _in_kinds_order(dict(found.values_list("kind").annotate(Count("id"))))


def kinds_of(items: Iterable[CatalogItem]) -> dict[str, int]:
    """The same of items that are at hand. No query."""
    return _in_kinds_order(Counter(item.kind for item in items))


def _in_kinds_order(counts: Mapping[str, int]) -> dict[str, int]:
    return {kind: counts[kind] for kind in ItemKind.values if kind in counts}


def categories_shown(items: QuerySet[CatalogItem] | None = None) -> list[Category]:
    """The categories that some of `items` (of all that visitors see, unless given) are in, in the
    tenant's order, each with its number of them, `shown`.
    """
    every = CatalogItem.objects.filter(visible())
    shown = (every if items is None else items.values("id")).order_by()
    counted = Category.objects.filter(items__in=shown).annotate(shown=Count("items"))
    # Grouping drops the models' own order.
    return list(counted.order_by("position", "id"))


def categories_with_items() -> list[Category]:
    """The same without a number, which takes reading the whole catalog."""
    item = CatalogItem.objects.filter(visible(), categories=OuterRef("pk"))
    return list(Category.objects.filter(Exists(item)))
