"""The panel itself: what is not registered here by us is not there."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from tenants.identity.browser import login_of
from tenants.models import User
from tenants.views import log_ins
from tenants.views.next_pages import next_page


class OperatorsSite(AdminSite):
    """Django's admin with our names and our log-in: super admins alone, with a second factor."""

    site_header = _("Souqna")
    site_title = _("Souqna")
    index_title = _("Operators’ panel")
    enable_nav_sidebar = False
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may see the panel."""
        login = login_of(request)
        user = request.user
        return login is not None and login.has_mfa and isinstance(user, User) and user.is_superuser

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Somebody who may not see what they asked for logs in first."""
        asked_for = {"next": next_page(request)}
        return HttpResponseRedirect(f"/login/?{urlencode(asked_for)}")

    def logout(  # type: ignore[override]  # its answer is a page there, and a redirect here
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """End the login."""
        return log_ins.log_out(request)


site = OperatorsSite(name="admin")
