"""The demo's storefronts and catalogs, as data. Nothing here imports Django."""

from storefront.domain.seeds import ghaith, green_school, oud_house
from storefront.domain.seeds.items import SeedCategory, SeedItem
from storefront.domain.seeds.storefronts import STOREFRONTS

#: Slug of the tenant → its items, in the order of its shelves.
CATALOGS: dict[str, tuple[SeedItem, ...]] = {
    "oud-house": oud_house.ITEMS,
    "ghaith": ghaith.ITEMS,
    "green-school": green_school.ITEMS,
}

#: Slug of the tenant → its categories, in its order.
CATEGORIES: dict[str, tuple[SeedCategory, ...]] = {
    "oud-house": oud_house.CATEGORIES,
    "ghaith": ghaith.CATEGORIES,
    "green-school": green_school.CATEGORIES,
}

__all__ = ["CATALOGS", "CATEGORIES", "STOREFRONTS", "SeedCategory", "SeedItem"]
