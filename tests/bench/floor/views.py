"""The empty cart, and what its template reads beside the settings row."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tests.bench.floor.models import Site, StorefrontSettings

#: Host → site, filled once (`tests.bench.plain.load`).
SITES: dict[str, Site] = {}
_OTHER = {"ar": ("en", "English"), "en": ("ar", "العربية")}


_USUAL = {
    "shop": ["orders"],
    "charity": ["donations", "pledges"],
    "project": ["orders", "donations", "pledges"],
}


@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """One query."""
    storefront = StorefrontSettings.objects.first() or StorefrontSettings()
    offers = storefront.accepts or _USUAL[SITES[request.get_host()].kind]
    shown = {
        "storefront": storefront,
        "rows": [],
        "offers": offers,
        "catalog": _("All items") if "orders" in offers else _("All projects"),
    }
    response = render(request, "capture/cart.html", shown)
    response.headers["Cache-Control"] = "private, no-store"
    return response


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


def elsewhere(request: HttpRequest) -> HttpResponse:
    """There for its address only."""
    return HttpResponse()


def stylesheet(request: HttpRequest, version: str, colour: str) -> HttpResponse:
    """There for its address only."""
    return HttpResponse(content_type="text/css")
