"""Who asks the staff API: the person of the browser session, with a CSRF token for what changes."""

from django.http import HttpResponse
from rest_framework.authentication import CSRFCheck, SessionAuthentication
from rest_framework.request import Request

from tenants.api.problems import Problem


class StaffSession(SessionAuthentication):
    """The session of `app.`; MemberMiddleware has checked the membership before any view runs."""

    def enforce_csrf(self, request: Request) -> None:
        """Raise Problem `csrf_failed` unless the request carries the session's token."""
        check = CSRFCheck(lambda _: HttpResponse())
        check.process_request(request)
        if check.process_view(request, lambda _: HttpResponse(), (), {}):
            raise Problem(403, "csrf_failed")
