"""The list of what is offered, and each item's page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from storefront.enums import ItemKind, ItemSort
from storefront.forms.items import ItemFilter, shelf_query
from storefront.models import CatalogItem, Category
from storefront.queries.items import published_item
from storefront.queries.shelves import (
    categories_shown,
    categories_with_items,
    count_by_kind,
    in_order,
    kinds_of,
    shelf,
)
from storefront.queries.variants import with_variants
from storefront.views.item_meta import list_meta, meta_of_item
from storefront.views.kept import kept
from storefront.views.pages import frame_of, storefront_page

OK = 200
#: Items on one page of the list.
A_PAGE = 24
#: From this many items on, the list can be searched.
SEARCHABLE = 7
#: Of fewer kinds there is none to choose.
_TO_CHOOSE_FROM = 2

_PLURALS: dict[str, str | Promise] = {
    ItemKind.PRODUCT: _("Products"),
    ItemKind.SERVICE: _("Services"),
    ItemKind.PROJECT: _("Projects"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that narrows the list otherwise, and how many items it leads to, if that is known."""

    label: str | Promise
    count: int | None
    query: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was asked for: its items, how many there are in all, and of each kind if the kind
    weren't asked for.
    """

    items: list[CatalogItem]
    page: int
    found: int
    counts: dict[str, int]

    @property
    def is_all(self) -> bool:
        """Whether there is no other page."""
        return self.found <= A_PAGE


@kept(shelf_query)
@require_safe
def item_list(request: HttpRequest) -> HttpResponse:
    """Published items, narrowed and put in order as asked, a page at a time. Five queries, fewer for a
    search that finds what fits on one page.
    """
    asked = ItemFilter.parse(request.GET)
    found = _searched(asked) if asked.is_searched and asked.page == 1 else _found(asked)
    categories = _offered(asked, found)
    shown: dict[str, Any] = {
        "asked": asked,
        "category": _chosen(categories, asked),
        "kinds": _kinds(found.counts, asked),
        "categories": _categories(categories, asked),
        "sorts": ItemSort.choices,
        "searchable": sum(found.counts.values()) >= SEARCHABLE or asked.is_narrowed or asked.sort,
        "items": found.items,
        "found": found.found,
        "page": found.page,
        "pages": _pages(found.found),
        "a_page": A_PAGE,
        "narrowed": asked.query(),
    }
    frame = frame_of()
    is_nowhere = bool(asked.category and shown["category"] is None)
    is_own = not is_nowhere and not asked.is_searched
    response = storefront_page(
        request,
        "storefront/items.html",
        shown,
        frame=frame,
        meta=list_meta(request, frame, shown) if is_own else None,
        status=404 if is_nowhere else OK,
    )
    if asked.page > shown["pages"]:
        # Any number past the end shows the last page: a stranger isn't to fill the cache with it.
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def _found(asked: ItemFilter) -> Found:
    """The page that was asked for, or the last one."""
    counts = count_by_kind(_shelf(replace(asked, kind="")))
    found = counts.get(asked.kind, 0) if asked.kind else sum(counts.values())
    page = min(asked.page, _pages(found))
    first = (page - 1) * A_PAGE
    return Found(list(_ordered(asked)[first : first + A_PAGE]), page, found, counts)


def _searched(asked: ItemFilter) -> Found:
    """The first page, looked for once if that is all there is: a search costs more than to count what it
    brought.
    """
    items = list(_ordered(asked)[: A_PAGE + 1])
    if asked.kind or len(items) > A_PAGE:
        counts = count_by_kind(_shelf(replace(asked, kind="")))
    else:
        counts = kinds_of(items)
    found = counts.get(asked.kind, 0) if asked.kind else sum(counts.values())
    return Found(items[:A_PAGE], 1, found, counts)


def _offered(asked: ItemFilter, found: Found) -> list[Category]:
    """The categories that the list can be narrowed to, and the one that it is: of all there are, with
    their numbers; after a search without, and none if what was found fits on one page.
    """
    if asked.is_searched:
        return categories_with_items() if asked.category or not found.is_all else []
    offered = categories_shown(_shelf(ItemFilter(kind=asked.kind)) if asked.kind else None)
    is_there = not asked.category or _chosen(offered, asked) is not None
    return offered if is_there else categories_with_items()


def _pages(found: int) -> int:
    return max(1, ceil(found / A_PAGE))


def _ordered(asked: ItemFilter) -> QuerySet[CatalogItem]:
    return in_order(_shelf(asked), sort=asked.sort, search=asked.search)


def _shelf(asked: ItemFilter) -> QuerySet[CatalogItem]:
    return shelf(
        kind=asked.kind,
        category=asked.category,
        search=asked.search,
        available=asked.available,
        least=asked.least,
        most=asked.most,
    )


def _kinds(counts: dict[str, int], asked: ItemFilter) -> list[Choice]:
    """A choice for each kind that there is, after one for all; none where there is nothing to choose."""
    if len(counts) < _TO_CHOOSE_FROM and not asked.kind:
        return []
    everything = sum(counts.values())
    return [
        Choice(_("All"), everything, asked.query(kind=""), not asked.kind),
        *(
            Choice(_PLURALS[kind], count, asked.query(kind=kind), asked.kind == kind)
            for kind, count in counts.items()
        ),
    ]


def _categories(categories: Sequence[Category], asked: ItemFilter) -> list[Choice]:
    """A choice for each category; the one that is chosen already leads back to all."""
    return [
        Choice(
            category.name,
            getattr(category, "shown", None),
            asked.query(category="" if asked.category == category.slug else category.slug),
            asked.category == category.slug,
        )
        for category in categories
    ]


def _chosen(categories: Sequence[Category], asked: ItemFilter) -> Category | None:
    return next((each for each in categories if each.slug == asked.category), None)


@kept()
@require_safe
def item(request: HttpRequest, slug: str) -> HttpResponse:
    """One item. Three queries, four if it has variants."""
    return item_page(request, visible_item(slug))


def visible_item(slug: str) -> CatalogItem:
    """The published item at `slug`. Raises Http404."""
    found = published_item(slug)
    if found is None:
        raise Http404
    return found


def item_page(
    request: HttpRequest, found: CatalogItem, *, status: int = 200, **context: Any
) -> HttpResponse:
    """The page of an item; `context` may bring a bound form to `add` it."""
    frame = frame_of(context)
    # A refused form is shown at another address than the item's own.
    meta = meta_of_item(request, frame, found) if status == OK else None
    return storefront_page(
        request,
        "storefront/item.html",
        {"item": with_variants(found), **context},
        frame=frame,
        meta=meta,
        status=status,
    )
