"""The demo's storefronts and catalogs, as data. Nothing here imports Django."""

from storefront.domain.seeds import ghaith, green_school, oud_house
from storefront.domain.seeds.items import SeedItem
from storefront.domain.seeds.storefronts import STOREFRONTS

#: Slug of the tenant → its items, in the order of its shelves.
CATALOGS: dict[str, tuple[SeedItem, ...]] = {
    "oud-house": oud_house.ITEMS,
    "ghaith": ghaith.ITEMS,
    "green-school": green_school.ITEMS,
}

__all__ = ["CATALOGS", "STOREFRONTS", "SeedItem"]
