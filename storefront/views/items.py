"""The list of what is offered, and each item's page."""

from math import ceil
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from storefront.enums import ItemKind
from storefront.forms.items import ItemFilter
from storefront.models import CatalogItem
from storefront.queries.items import count_by_kind, published_item, published_items
from storefront.queries.variants import with_variants
from storefront.views.pages import storefront_page

#: Items on one page of the list.
A_PAGE = 24
#: From this many items on, the list can be searched.
SEARCHABLE = 7

_PLURALS: dict[str, str | Promise] = {
    ItemKind.PRODUCT: _("Products"),
    ItemKind.SERVICE: _("Services"),
    ItemKind.PROJECT: _("Projects"),
}


@require_safe
def item_list(request: HttpRequest) -> HttpResponse:
    """Published items, narrowed by kind and words, a page at a time. Four queries."""
    asked = ItemFilter.parse(request.GET)
    counts = count_by_kind(search=asked.search)
    everything = sum(counts.values())
    found = counts.get(asked.kind, 0) if asked.kind else everything
    pages = max(1, ceil(found / A_PAGE))
    page = min(asked.page, pages)
    first = (page - 1) * A_PAGE
    items = published_items(kind=asked.kind, search=asked.search)[first : first + A_PAGE]
    shown = {
        "asked": asked,
        "kinds": [(kind, _PLURALS[kind], count) for kind, count in counts.items()],
        "everything": everything,
        "searchable": everything >= SEARCHABLE or asked.search,
        "items": list(items),
        "page": page,
        "pages": pages,
    }
    return storefront_page(request, "storefront/items.html", shown)


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
    shown = {
        "item": with_variants(found),
        "shared_picture": _shared_picture(request, found),
        **context,
    }
    return storefront_page(request, "storefront/item.html", shown, status=status)


def _shared_picture(request: HttpRequest, found: CatalogItem) -> str:
    """The absolute address of the first picture: messengers show it beside a shared link."""
    pictures = found.pictures
    return request.build_absolute_uri(pictures[0].urls[-1]["url"]) if pictures else ""
