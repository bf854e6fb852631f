"""The pages that are measured, and what their templates read beside the rows."""

from collections.abc import Callable
from math import ceil
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from storefront.domain.frames import Frame
from tests.bench.floor.heads import item_head, list_head
from tests.bench.floor.models import FOLDER, CatalogItem, Site, StorefrontSettings

#: Host → site, filled once (`tests.bench.plain.load`).
SITES: dict[str, Site] = {}
_OTHER = {"ar": ("en", "English"), "en": ("ar", "العربية")}
_PLURALS = {"product": "Products", "service": "Services", "project": "Projects"}
_A_PAGE = 24
_SEARCHABLE = 7


@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """The cart of a visitor who has put nothing into it. One query."""
    rows = request.COOKIES.get("cart", "").split()
    response = _page(request, "capture/cart.html", {"rows": rows})
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """The first page of the list. Four queries."""
    found = CatalogItem.objects.filter(status="published")
    counts = dict(found.order_by().values_list("kind").annotate(Count("id")))
    everything = sum(counts.values())
    shown = {
        "asked": {"kind": "", "search": "", "page": 1},
        "kinds": [
            (kind, _(name), counts[kind]) for kind, name in _PLURALS.items() if kind in counts
        ],
        "everything": everything,
        "searchable": everything >= _SEARCHABLE,
        "items": list(found.prefetch_related("media")[:_A_PAGE]),
        "page": 1,
        "pages": max(1, ceil(everything / _A_PAGE)),
    }
    return _page(request, "storefront/items.html", shown, head=list_head, matter=shown["items"])


@require_safe
def item(request: HttpRequest, slug: str) -> HttpResponse:
    """One item. Three queries."""
    published = CatalogItem.objects.prefetch_related("media").filter(status="published")
    found = published.filter(slug=slug).first()
    if found is None:
        raise Http404
    FOLDER.set(str(SITES[request.get_host()].folder))
    return _page(request, "storefront/item.html", {"item": found}, head=item_head, matter=found)


def _page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    head: Callable[..., dict[str, Any]] | None = None,
    matter: Any = None,
) -> HttpResponse:
    """With the settings row, one query; `head` is what it says of itself, from its `matter`."""
    rows = StorefrontSettings.objects.select_related("logo", "cover").order_by("pk")
    frame = Frame(rows.first() or StorefrontSettings(), timezone.now())
    offers = frame.storefront.accepts
    here = SITES[request.get_host()]
    FOLDER.set(str(here.folder))
    catalog = _("All items") if "orders" in offers else _("All projects")
    around = {
        "storefront": frame.storefront,
        "frame": frame,
        "head": head(request, frame, here, catalog, matter) if head else None,
        "offers": offers,
        "catalog": catalog,
    }
    return render(request, template, {**context, **around})


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    language = get_language()
    code, name = _OTHER[language]
    return {
        "tenant": SITES[request.get_host()],
        "language": language,
        "direction": "rtl" if language == "ar" else "ltr",
        "other_language": {
            "code": code,
            "name": name,
            "url": f"/{code}/{request.path_info.removeprefix(f'/{language}/')}",
        },
    }


def unseen(request: HttpRequest, **_: str) -> HttpResponse:
    """There for its address only."""
    return HttpResponse()
