"""The home page, and what its template reads beside the settings row."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tests.bench.floor.models import Site, StorefrontSettings

#: Host → site, filled once (`tests.bench.plain.load`).
SITES: dict[str, Site] = {}
_OTHER = {"ar": ("en", "English"), "en": ("ar", "العربية")}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One query."""
    storefront = StorefrontSettings.objects.first() or StorefrontSettings()
    return render(request, "storefront/home.html", {"storefront": storefront})


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


def enter(request: HttpRequest) -> HttpResponse:
    """There for its address only."""
    return HttpResponse()


def stylesheet(request: HttpRequest, version: str, colour: str) -> HttpResponse:
    """There for its address only."""
    return HttpResponse(content_type="text/css")
