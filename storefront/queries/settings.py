"""Reads of the storefront's settings."""

from storefront.models import StorefrontSettings


def get_storefront() -> StorefrontSettings:
    """The tenant's storefront settings; the defaults, unsaved, before there are any. One query."""
    return StorefrontSettings.objects.first() or StorefrontSettings()
