"""The panel itself: what is not registered here by us is not there."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tenants.forms.operators import OperatorLogInForm
from tenants.gateways.rate_limits import RateLimitedError
from tenants.views.problems import problem_response


class OperatorsSite(AdminSite):
    """Django's admin with our names, log-in limited as on `app.`."""

    site_header = _("Souqna")
    site_title = _("Souqna")
    index_title = _("Operators’ panel")
    login_form = OperatorLogInForm
    enable_nav_sidebar = False
    site_url = None

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The log-in page, or 429."""
        try:
            return super().login(request, extra_context)
        except RateLimitedError as error:
            wait = {"Retry-After": str(error.retry_after)}
            return problem_response(request, status=429, code="rate_limited", headers=wait)


site = OperatorsSite(name="admin")
