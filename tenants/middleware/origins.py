"""Forms of storefront pages are taken from those pages only.

They are public and set no CSRF cookie: the browser itself says where a request comes from.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from tenants.domain.origins import is_foreign
from tenants.enums import Surface
from tenants.requests import SurfaceRequest
from tenants.views.problems import csrf_failed

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


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


def _is_page(request: SurfaceRequest) -> bool:
    return request.surface == Surface.STOREFRONT and not request.path_info.startswith("/api/")
