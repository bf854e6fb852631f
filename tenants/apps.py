"""The Tenants app."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    """Django's handle on `tenants`."""

    name = "tenants"
    verbose_name = "Tenants"
