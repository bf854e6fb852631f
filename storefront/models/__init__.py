"""Models of the storefront, in the tenant's schema."""

from storefront.models.categories import Category, ItemCategory
from storefront.models.goals import GoalTotals
from storefront.models.items import CatalogItem, ItemWords
from storefront.models.media import MediaAsset
from storefront.models.settings import StorefrontSettings
from storefront.models.variants import ItemVariant
from storefront.models.visits import Visit

__all__ = [
    "CatalogItem",
    "Category",
    "GoalTotals",
    "ItemCategory",
    "ItemVariant",
    "ItemWords",
    "MediaAsset",
    "StorefrontSettings",
    "Visit",
]
