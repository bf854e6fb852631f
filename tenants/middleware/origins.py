"""Forms of storefront pages are taken from those pages only.

They are public and set no CSRF cookie: the browser itself says where a request comes from.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from tenants.enums import Surface
from tenants.requests import SurfaceRequest
from tenants.views.problems import csrf_failed

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_OURS = frozenset({"same-origin", "none"})


class OriginMiddleware:
    """Refuses what another site's page sends to a storefront page; stands after the middleware that
    sets the surface. APIs are not its matter: they read no cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: SurfaceRequest) -> HttpResponseBase:
        """The answer, or 403 `csrf_failed`."""
        if request.method not in _SAFE and _is_page(request) and is_foreign(request):
            return csrf_failed(request, reason="origin")
        return self.get_response(request)


def is_foreign(request: HttpRequest) -> bool:
    """Whether the request says of itself that it comes from elsewhere. Without `Sec-Fetch-Site` and
    `Origin` it says nothing: it is no browser's, so it carries nobody's cookies.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site not in _OURS:
        return True
    # A page with `Referrer-Policy: no-referrer` sends its own forms with the origin "null".
    if origin is None or (origin == "null" and site is not None):
        return False
    return _told_apart(origin) != _told_apart(f"{settings.SOUQNA_SCHEME}://{request.get_host()}")


def _is_page(request: SurfaceRequest) -> bool:
    return request.surface == Surface.STOREFRONT and not request.path_info.startswith("/api/")


def _told_apart(origin: str) -> tuple[str, str]:
    """Scheme and authority, as the surface middleware normalises hosts."""
    try:
        parts = urlsplit(origin.lower())
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "", ""
    return parts.scheme, (parts.hostname or "").rstrip(".") + port
