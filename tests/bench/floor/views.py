"""The pages that are measured, and what their templates read beside the rows."""

from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from storefront.enums import ItemSort
from storefront.forms.items import ItemFilter
from tests.bench.floor import heads
from tests.bench.floor.frames import Frame, StorefrontSettings
from tests.bench.floor.models import FOLDER, CatalogItem, Category, ItemVariant, Site

#: Host → site, filled once (`tests.bench.plain.load`).
SITES: dict[str, Site] = {}
_OTHER = {"ar": ("en", "English"), "en": ("ar", "العربية")}
_PLURALS = {"product": "Products", "service": "Services", "project": "Projects"}
_VISIBLE = Q(status="published") & (Q(publish_at__isnull=True) | Q(publish_at__lte=Now()))
_A_PAGE = 24
_SEARCHABLE = 7


@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """The cart of a visitor who has put nothing into it. One query."""
    rows = request.COOKIES.get("cart", "").split()
    response = _page(request, "capture/cart.html", {"rows": rows}, _frame(request))
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """The first page of the list. Five queries."""
    asked = ItemFilter.parse(request.GET)
    found = _with_price_range(CatalogItem.objects.all()).filter(_VISIBLE).select_related("totals")
    counts = dict(found.order_by().values_list("kind").annotate(Count("id")))
    everything = sum(counts.values())
    listed = list(found.prefetch_related("media")[:_A_PAGE])
    shown = {
        "asked": asked,
        "category": None,
        "kinds": _kinds(counts, asked),
        "categories": [
            _choice(one.name, one.shown, asked, category=one.slug) for one in _categories()
        ],
        "sorts": ItemSort.choices,
        "searchable": everything >= _SEARCHABLE,
        "items": listed,
        "found": everything,
        "page": 1,
        "pages": max(1, ceil(everything / _A_PAGE)),
        "a_page": _A_PAGE,
        "narrowed": asked.query(),
    }
    frame = _frame(request)
    return _page(request, "storefront/items.html", shown, frame, _list_head(request, frame, shown))


@require_safe
def item(request: HttpRequest, slug: str) -> HttpResponse:
    """One item. Three queries."""
    published = _with_price_range(CatalogItem.objects.prefetch_related("media")).filter(_VISIBLE)
    found = published.select_related("totals").filter(slug=slug).first()
    if found is None:
        raise Http404
    frame = _frame(request)
    head = _item_head(request, frame, found)
    return _page(request, "storefront/item.html", {"item": found}, frame, head)


def _with_price_range(items: QuerySet[CatalogItem]) -> QuerySet[CatalogItem]:
    dearer = ItemVariant.objects.filter(item=OuterRef("pk"), price__gt=OuterRef("price"))
    return items.annotate(has_price_range=Q(has_variants=True) & Exists(dearer))


def _categories() -> list[Category]:
    shown = CatalogItem.objects.filter(_VISIBLE).order_by()
    counted = Category.objects.filter(items__in=shown).annotate(shown=Count("items"))
    return list(counted.order_by("position", "id"))


def _kinds(counts: Mapping[str, int], asked: ItemFilter) -> list[dict[str, Any]]:
    kinds = [(kind, _(name)) for kind, name in _PLURALS.items() if kind in counts]
    return [
        _choice(_("All"), sum(counts.values()), asked, kind=""),
        *(_choice(name, counts[kind], asked, kind=kind) for kind, name in kinds),
    ]


def _choice(label: str, count: int, asked: ItemFilter, **narrowed: str) -> dict[str, Any]:
    is_current = replace(asked, **narrowed) == asked
    return {
        "label": label,
        "count": count,
        "query": asked.query(**narrowed),
        "is_current": is_current,
    }


def _frame(request: HttpRequest) -> Frame:
    """The settings, one query; from here on pictures have their addresses."""
    FOLDER.set(str(_site(request).folder))
    found = StorefrontSettings.objects.order_by("pk").select_related("logo", "cover")[:1]
    return Frame(next(iter(found), None) or StorefrontSettings(), timezone.now())


def _catalog(storefront: StorefrontSettings) -> str:
    return _("All items") if "orders" in storefront.accepts else _("All projects")


def _list_head(request: HttpRequest, frame: Frame, shown: Mapping[str, Any]) -> dict[str, Any]:
    tenant, origin = _site(request), heads.origin_of(request)
    name = _catalog(frame.storefront)
    base = origin + reverse("storefront:items")
    words = {"catalog": name, "name": tenant.name}
    things = [
        heads.item_list(shown["items"], base=base, first=1),
        heads.breadcrumbs(origin, tenant, (name, base)),
    ]
    said = frame.storefront.tagline or _("%(catalog)s at %(name)s") % words
    return heads.head(request, frame, tenant, title=name, description=said, things=things)


def _item_head(request: HttpRequest, frame: Frame, found: CatalogItem) -> dict[str, Any]:
    tenant, origin = _site(request), heads.origin_of(request)
    base = origin + reverse("storefront:items")
    url = f"{base}{found.slug}/"
    steps = ((_catalog(frame.storefront), base), (found.name, url))
    things = [heads.breadcrumbs(origin, tenant, *steps)]
    if found.kind != "project":
        things.insert(0, heads.offer(found, tenant, origin=origin, url=url))
    return heads.head(
        request,
        frame,
        tenant,
        title=found.name,
        description=found.description or frame.storefront.tagline,
        things=things,
        picture=next(iter(found.pictures), None),
    )


def _site(request: HttpRequest) -> Site:
    return SITES[request.get_host()]


def _page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    frame: Frame,
    head: dict[str, Any] | None = None,
) -> HttpResponse:
    around = {
        "storefront": frame.storefront,
        "frame": frame,
        "head": head,
        "offers": frame.storefront.accepts,
        "catalog": _catalog(frame.storefront),
    }
    return render(request, template, {**context, **around})


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    language = get_language()
    code, name = _OTHER[language]
    return {
        "tenant": _site(request),
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
