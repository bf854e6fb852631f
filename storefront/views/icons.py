"""A tenant's icon and web manifest: a storefront on a phone's home screen."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, get_language_bidi, override
from django.views.decorators.http import require_safe

from storefront.domain.colours import LIGHT, palette, parse
from storefront.domain.frames import Frame
from storefront.queries.settings import get_storefront
from storefront.views.pages import frame_of, visited_tenant

DAY = 24 * 3600  # seconds
_SHORT = 12  # characters below an icon
#: The middle 80 % is what every shape of icon leaves to be seen; the letter is well inside.
_DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">'
    '<rect width="512" height="512" fill="{}"/>'
    '<text x="256" y="256" dy="0.35em" text-anchor="middle" font-size="256" font-weight="600"'
    ' font-family="IBM Plex Sans, IBM Plex Sans Arabic, system-ui, sans-serif" fill="{}">{}</text>'
    "</svg>"
)


@require_safe
def icon(request: HttpRequest, colour: str) -> HttpResponse:
    """The tenant's initial in the language of the address, on `colour` (six hexadecimal digits)."""
    shades = palette(colour).light
    drawing = format_html(
        _DRAWING, shades.accent, shades.on_accent, visited_tenant(request).name[:1]
    )
    response = HttpResponse(drawing, content_type="image/svg+xml")
    response.headers["Cache-Control"] = f"public, max-age={DAY}"
    # A picture and nothing else, should somebody open it as a page.
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The storefront as an app of the phone, in the language in force. One query."""
    tenant, frame = visited_tenant(request), frame_of()
    language = get_language() or ""
    accent = palette(frame.storefront.accent).light.accent
    document: dict[str, Any] = {
        "id": "/",
        "name": tenant.name,
        "short_name": tenant.name if len(tenant.name) <= _SHORT else tenant.name.split()[0],
        "description": frame.storefront.tagline,
        "lang": language,
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": f"/{language}/",
        "scope": "/",
        "display": "standalone",
        "theme_color": accent,
        "background_color": LIGHT.plain,
        "icons": [*_logos(frame), _initial(frame)],
    }
    response = JsonResponse(
        {name: value for name, value in document.items() if value},
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )
    response.headers["Cache-Control"] = f"public, max-age={DAY // 24}"
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """`/favicon.ico`, for who asks for it unseen. One for all: in the tenant's first language."""
    with override(visited_tenant(request).default_language):
        return icon(request, parse(get_storefront().accent)[1:])


def _logos(frame: Frame) -> list[dict[str, str]]:
    return [
        {
            "src": one["url"],
            "sizes": f"{one['width']}x{one['height']}",
            "type": one["content_type"],
            "purpose": "any",
        }
        for one in (frame.logo.urls if frame.logo else [])
    ]


def _initial(frame: Frame) -> dict[str, str]:
    colour = parse(frame.storefront.accent)[1:]
    return {
        "src": reverse("storefront:icon", kwargs={"colour": colour}),
        "sizes": "any",
        "type": "image/svg+xml",
        "purpose": "maskable" if frame.logo else "any maskable",
    }
