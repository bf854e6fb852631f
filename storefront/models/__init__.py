"""Models of the storefront, in the tenant's schema."""

from storefront.models.settings import StorefrontSettings

__all__ = ["StorefrontSettings"]
