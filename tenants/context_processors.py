"""What every template may rely on. Nothing here asks the database or the cache."""

from typing import TYPE_CHECKING, TypedDict

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi

from tenants.domain.languages import offered_languages, page_in

if TYPE_CHECKING:
    from tenants.models import Tenant


class OtherLanguage(TypedDict):
    """The language to switch to; its `name` is in itself."""

    code: str
    name: str
    url: str


class Surface(TypedDict):
    """Where the person is: `surface` is storefront, app, admin, landing or None (no such host)."""

    surface: str | None
    tenant: "Tenant | None"
    language: str
    direction: str
    other_language: OtherLanguage | None


def surface(request: HttpRequest) -> Surface:
    """The surface, its tenant, the language in force and the one to switch to, if any."""
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "surface": getattr(request, "surface", None),
        "tenant": getattr(request, "tenant", None),
        "language": language,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "other_language": _other_language(request, language),
    }


def _other_language(request: HttpRequest, language: str) -> OtherLanguage | None:
    offered = offered_languages(request)
    for code, name in settings.LANGUAGES:
        if code != language and code in offered:
            return {"code": code, "name": str(name), "url": page_in(request, code)}
    return None
