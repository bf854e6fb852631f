"""The uploads app."""

from django.apps import AppConfig


class UploadsConfig(AppConfig):
    """Django's handle on `storefront.uploads`."""

    name = "storefront.uploads"
    verbose_name = "Uploads"
    label = "uploads"
