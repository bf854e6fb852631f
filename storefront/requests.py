"""A storefront's request as the count of visits sees it."""

from dataclasses import dataclass

from django.http import HttpRequest

from tenants.requests import client_address

_SEEN = "souqna.visit_seen"


@dataclass(frozen=True, slots=True)
class PageView:
    """A page that somebody opened. `address` is the household's, and is kept nowhere."""

    path: str
    query: str
    referrer: str
    host: str
    language: str
    address: str
    user_agent: str


def page_view(request: HttpRequest) -> PageView:
    """The view that a GET of a page is."""
    path = request.path_info
    meta = request.META
    return PageView(
        path=path,
        query=_text(meta.get("QUERY_STRING", "")),
        referrer=_text(meta.get("HTTP_REFERER", "")),
        host=meta.get("HTTP_HOST", ""),
        language=language_of(path),
        address=client_address(request),
        user_agent=meta.get("HTTP_USER_AGENT", ""),
    )


def language_of(path: str) -> str:
    """The language that a page's path begins with, `ar` or `en`; empty for another path."""
    return path[1:3] if path[3:4] == "/" and path[1:3] in ("ar", "en") else ""


def note_seen(request: HttpRequest) -> None:
    """Remember that the request's view is counted."""
    request.META[_SEEN] = True


def is_seen(request: HttpRequest) -> bool:
    """Whether the request's view is counted already."""
    return _SEEN in request.META


def _text(header: str) -> str:
    """A header as it was meant: WSGI hands its bytes over as Latin-1."""
    return (
        header if header.isascii() else header.encode("latin-1", "replace").decode(errors="replace")
    )
