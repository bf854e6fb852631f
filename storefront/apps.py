"""The Storefront app."""

from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """Django's handle on `storefront`."""

    name = "storefront"
    verbose_name = "Storefront"
