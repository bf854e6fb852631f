"""The panel itself: what is not registered here by us is not there."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

from tenants.identity.browser import is_operator

_NOT_OURS = ("password_change", "password_change_done", "view_on_site")


class OperatorsSite(AdminSite):
    """Django's admin with our names and our log-in: super admins alone, with a second factor."""

    site_header = _("Souqna")
    site_title = _("Souqna")
    index_title = _("Operators’ panel")
    enable_nav_sidebar = False
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may see the panel."""
        return is_operator(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's, without its ways to change a password: those are the identity engine's matter.

        `login/` and `logout/` are there for their names; `config.urls.admin` answers them before.
        """
        return [one for one in super().get_urls() if getattr(one, "name", None) not in _NOT_OURS]


site = OperatorsSite(name="admin")
