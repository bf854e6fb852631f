"""Sessions, CSRF, users and messages: on `app.` and `admin.` only.

No cookie of a member of staff means anything on a storefront, and no storefront page sets one.
"""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

from tenants.enums import Surface

_STAFF = frozenset({Surface.APP, Surface.ADMIN})


def is_staff_surface(request: HttpRequest) -> bool:
    """Whether this surface knows logged-in people."""
    return request.surface in _STAFF


class StaffSessionMiddleware(SessionMiddleware):
    """Django's sessions, where staff are."""

    def process_request(self, request: HttpRequest) -> None:
        """Open the session."""
        if is_staff_surface(request):
            super().process_request(request)

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

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        """Refuse a forged request."""
        return super().process_view(request, *view) if is_staff_surface(request) else None

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Set the cookie."""
        return (
            super().process_response(request, response) if is_staff_surface(request) else response
        )


class StaffAuthenticationMiddleware(AuthenticationMiddleware):
    """Django's `request.user`, where staff are."""

    def process_request(self, request: HttpRequest) -> None:
        """Attach the user."""
        if is_staff_surface(request):
            super().process_request(request)


class StaffMessageMiddleware(MessageMiddleware):
    """Django's one-time messages, where staff are."""

    def process_request(self, request: HttpRequest) -> None:
        """Open the messages."""
        if is_staff_surface(request):
            super().process_request(request)
