"""Each page of a storefront that somebody opened is counted, wherever its HTML came from."""

from collections.abc import Callable

from django.http import HttpResponseBase
from django.utils import timezone

from storefront.domain.visits import see
from storefront.requests import is_seen, page_view
from tenants.enums import Surface
from tenants.requests import SurfaceRequest

_OK, _NOT_MODIFIED = 200, 304
# Browsers that fetch what nobody may ever look at, or a part of a page that is counted already.
_AHEAD = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_MOZ")


class VisitMiddleware:
    """Stands right inside the middleware that sets the surface, outside of what answers from a cache."""

    def __init__(self, get_response: Callable[[SurfaceRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: SurfaceRequest) -> HttpResponseBase:
        """The answer, counted if it is a page that a person is shown."""
        response = self.get_response(request)
        if (
            request.surface == Surface.STOREFRONT
            and _is_page(request, response)
            and _is_opened(request)
            and not is_seen(request)
        ):
            see(page_view(request), now=timezone.now())
        return response


def _is_page(request: SurfaceRequest, response: HttpResponseBase) -> bool:
    """HTML, or the browser's own copy of it. APIs, pictures and themes are none."""
    if request.method != "GET" or request.path_info.startswith("/api/"):
        return False
    if response.status_code == _NOT_MODIFIED:
        return "text/html" in request.META.get("HTTP_ACCEPT", "")
    kind = response.headers.get("Content-Type", "")
    return response.status_code == _OK and kind.startswith("text/html")


def _is_opened(request: SurfaceRequest) -> bool:
    """Whether the page is opened, as opposed to fetched ahead, in part, or into a frame."""
    meta = request.META
    if any("prefetch" in meta.get(name, "") for name in _AHEAD) or "HTTP_HX_REQUEST" in meta:
        return False
    return bool(meta.get("HTTP_SEC_FETCH_DEST", "document") == "document")
