"""Models of the storefront, in the tenant's schema."""

from storefront.models.items import CatalogItem
from storefront.models.media import MediaAsset
from storefront.models.settings import StorefrontSettings
from storefront.models.visits import Visit

__all__ = ["CatalogItem", "MediaAsset", "StorefrontSettings", "Visit"]
