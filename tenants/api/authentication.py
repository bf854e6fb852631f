"""Who asks the APIs of `app.`: the person of an access token, or of the browser session, which needs a
CSRF token for what changes. The middleware has found them; here an API says what it asks of them.
"""

from typing import Any

from django.http import HttpResponse
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from tenants.api.problems import Problem
from tenants.api.requests import surface_request
from tenants.models import User
from tenants.views.problems import NOT_LOGGED_IN, log_in_code


class StaffAuthentication(BaseAuthentication):
    """Bearer token or session."""

    def authenticate(self, request: Request) -> tuple[User, str | None] | None:
        """The person and their token, or None. Raises Problem `csrf_failed`."""
        asked = surface_request(request)
        if not isinstance(asked.user, User) or not asked.user.is_authenticated:
            return None
        if asked.access is None:
            _enforce_csrf(request)
        return asked.user, asked.access

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return NOT_LOGGED_IN["WWW-Authenticate"]


class IsLoggedIn(BasePermission):
    """Somebody is logged in. Dashboards need no such check: their middleware lets members in only."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """True. Raises Problem `not_authenticated` or `invalid_token`."""
        asked = surface_request(request)
        if not request.user:
            raise Problem(401, log_in_code(asked), headers=NOT_LOGGED_IN)
        return True


def _enforce_csrf(request: Request) -> None:
    """Raise Problem `csrf_failed` unless the request carries the session's token."""
    check = CSRFCheck(lambda _: HttpResponse())
    check.process_request(request)
    if check.process_view(request, lambda _: HttpResponse(), (), {}):
        raise Problem(403, "csrf_failed")
