"""The Tenants app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    """Django's handle on `tenants`."""

    name = "tenants"
    verbose_name = _("Platform")
