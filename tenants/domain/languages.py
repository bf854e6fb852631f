"""Which language a person reads: from the path, from their choice, from their browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

COOKIE = "language"
STAFF_SURFACES = ("app", "admin")


@dataclass(frozen=True, slots=True)
class Choice:
    """A language, and the request headers that it was chosen by (for `Vary`)."""

    language: str
    headers: tuple[str, ...] = ()


def choose_language(request: HttpRequest) -> Choice:
    """Storefront and landing page: path, then browser. Staff's pages: cookie, then browser."""
    offered = offered_languages(request)
    if is_staff_surface(request):
        known = request.COOKIES.get(COOKIE)
        headers: tuple[str, ...] = ("Cookie", "Accept-Language")
    else:
        known = in_path(request.path_info, offered=offered)
        headers = () if known else ("Accept-Language",)
    if known in offered:
        return Choice(known, headers)
    header = request.headers.get("Accept-Language", "")
    return Choice(accepted(header, offered=offered, default=_default(request, offered)), headers)


def offered_languages(request: HttpRequest) -> list[str]:
    """What this host speaks: the tenant's languages on its storefront, else all of ours."""
    everything = [code for code, _ in settings.LANGUAGES]
    tenant = getattr(request, "tenant", None)
    if tenant is None or is_staff_surface(request):
        return everything
    return [code for code in tenant.languages if code in everything] or everything


def is_staff_surface(request: HttpRequest) -> bool:
    """True on `app.` and `admin.`, where the language is kept in a cookie."""
    return getattr(request, "surface", None) in STAFF_SURFACES


def in_path(path: str, *, offered: Sequence[str]) -> str | None:
    """The language whose prefix `path` begins with (`/ar/items/` → `ar`), if it is offered."""
    first = path.removeprefix("/").partition("/")[0]
    return first if first in offered else None


def accepted(header: str, *, offered: Sequence[str], default: str) -> str:
    """The offered language that an Accept-Language `header` likes best, or `default`."""
    for tag, quality in parse_accept_lang_header(header):
        language = tag.partition("-")[0]
        if quality and language in offered:
            return language
    return default


def page_in(request: HttpRequest, language: str) -> str:
    """Where a link leads that shows this very page, its query kept, in `language`."""
    query = request.META.get("QUERY_STRING", "")
    if is_staff_surface(request):
        page = f"{request.path}?{query}" if query else request.path
        return "/language/?" + urlencode({"to": language, "next": page})
    path = _swapped(request.path_info, language, offered_languages(request))
    return f"{path}?{query}" if query else path


def unspoken_page(request: HttpRequest) -> str | None:
    """Where a page in a language of ours that this storefront doesn't speak is to be read: the same in
    the tenant's first one, its query kept. None for every other page.
    """
    offered = offered_languages(request)
    ours = [code for code, _ in settings.LANGUAGES]
    if is_staff_surface(request) or in_path(request.path_info, offered=ours) in (None, *offered):
        return None
    language = _default(request, offered)
    rest = request.path_info.removeprefix("/").partition("/")[2]
    query = request.META.get("QUERY_STRING", "")
    return f"/{language}/{quote(rest)}" + (f"?{query}" if query else "")


def _swapped(path: str, language: str, offered: Sequence[str]) -> str:
    if in_path(path, offered=offered) is None:
        return f"/{language}/"
    return f"/{language}/{path.removeprefix('/').partition('/')[2]}"


def _default(request: HttpRequest, offered: Sequence[str]) -> str:
    tenant = getattr(request, "tenant", None)
    preferred = tenant.default_language if tenant else settings.LANGUAGE_CODE
    return preferred if preferred in offered else offered[0]
