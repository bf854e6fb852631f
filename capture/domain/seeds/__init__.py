"""The demo's order history, as data. Nothing here imports Django."""

from capture.domain.seeds import green_school, oud_house
from capture.domain.seeds.orders import SeedOrder, SeedStep

#: Slug of the tenant → its past orders.
HISTORIES: dict[str, tuple[SeedOrder, ...]] = {
    "oud-house": oud_house.ORDERS,
    "green-school": green_school.ORDERS,
}

__all__ = ["HISTORIES", "SeedOrder", "SeedStep"]
