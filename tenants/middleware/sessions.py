"""Sessions, CSRF, users and messages: on `app.` and `admin.` only.

No cookie of a member of staff means anything on a storefront, and no storefront page sets one.
"""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware

from tenants.enums import Surface
from tenants.gateways.sessions import SessionStore
from tenants.requests import SurfaceRequest

_STAFF = frozenset({Surface.APP, Surface.ADMIN})


def is_staff_surface(request: HttpRequest) -> bool:
    """Whether this surface knows logged-in people."""
    return cast("SurfaceRequest", request).surface in _STAFF


class StaffSessionMiddleware(SessionMiddleware):
    """Django's sessions, where staff are."""

    def process_request(self, request: HttpRequest) -> None:
        """Open this surface's session."""
        if is_staff_surface(request):
            key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
            surface = cast("SurfaceRequest", request).surface.value
            request.session = SessionStore(key, surface=surface)

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Save the session."""
        return (
            super().process_response(request, response) if hasattr(request, "session") else response
        )


class StaffCsrfMiddleware(CsrfViewMiddleware):
    """Django's CSRF protection, where staff are."""

    def process_request(self, request: HttpRequest) -> None:
        """Read the cookie."""
        if is_staff_surface(request):
            super().process_request(request)

    def process_view(
        self,
        request: HttpRequest,
        callback: Callable[..., HttpResponseBase],
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponseForbidden | None:
        """Refuse a forged request."""
        if not is_staff_surface(request):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Set the cookie."""
        return (
            super().process_response(request, response) if is_staff_surface(request) else response
        )


class StaffMessageMiddleware(MessageMiddleware):
    """Django's one-time messages, where staff are."""

    def process_request(self, request: HttpRequest) -> None:
        """Open the messages."""
        if is_staff_surface(request):
            super().process_request(request)
