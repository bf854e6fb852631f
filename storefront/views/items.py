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
from storefront.queries.shelves import categories_shown, count_by_kind, in_order, shelf
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
    """A link that narrows the list otherwise, and how many items it leads to."""

    label: str | Promise
    count: int
    query: str
    is_current: bool


@kept(shelf_query)
@require_safe
def item_list(request: HttpRequest) -> HttpResponse:
    """Published items, narrowed and put in order as asked, a page at a time. Five queries."""
    asked = ItemFilter.parse(request.GET)
    categories = _offered(asked)
    counts = count_by_kind(_shelf(replace(asked, kind="")))
    everything = sum(counts.values())
    found = counts.get(asked.kind, 0) if asked.kind else everything
    pages = max(1, ceil(found / A_PAGE))
    page = min(asked.page, pages)
    first = (page - 1) * A_PAGE
    ordered = in_order(_shelf(asked), sort=asked.sort, search=asked.search)
    shown = {
        "asked": asked,
        "category": _chosen(categories, asked),
        "kinds": _kinds(counts, asked),
        "categories": _categories(categories, asked),
        "sorts": ItemSort.choices,
        "searchable": everything >= SEARCHABLE or asked.is_narrowed or asked.sort,
        "items": list(ordered[first : first + A_PAGE]),
        "found": found,
        "page": page,
        "pages": pages,
        "a_page": A_PAGE,
        "narrowed": asked.query(),
    }
    frame = frame_of()
    # Pages past the end are one page: a stranger's numbers aren't to fill the cache.
    is_nowhere = bool(asked.category and shown["category"] is None) or asked.page > pages
    is_own = not is_nowhere and not asked.is_searched
    return storefront_page(
        request,
        "storefront/items.html",
        shown,
        frame=frame,
        meta=list_meta(request, frame, shown) if is_own else None,
        status=404 if is_nowhere else OK,
    )


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
            category.shown,  # type: ignore[attr-defined]  # annotated
            asked.query(category="" if asked.category == category.slug else category.slug),
            asked.category == category.slug,
        )
        for category in categories
    ]


def _offered(asked: ItemFilter) -> list[Category]:
    """The categories in which there is something of what else is asked for. The chosen one is there even
    if nothing is left in it; looking for it is one more query.
    """
    offered = categories_shown(_shelf(replace(asked, category="")))
    if not asked.category or _chosen(offered, asked):
        return offered
    chosen = [one for one in categories_shown() if one.slug == asked.category]
    for one in chosen:
        one.shown = 0  # type: ignore[attr-defined]  # annotated
    return offered + chosen


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
