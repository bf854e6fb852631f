"""The Dashboards app."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """Django's handle on `dashboards`."""

    name = "dashboards"
    verbose_name = "Dashboards"
