"""The Storefront app."""

from importlib import import_module

from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """Django's handle on `storefront`."""

    name = "storefront"
    verbose_name = "Storefront"

    def ready(self) -> None:
        """Register the outbox handlers, in every process."""
        import_module("storefront.domain.pages")
