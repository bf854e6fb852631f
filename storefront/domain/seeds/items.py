"""The form of a demo catalog."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeedItem:
    """An item of the demo. `price` and `goal` are KWD; `alt_*` say what its picture shows."""

    slug: str
    kind: str
    name_ar: str
    name_en: str
    description_ar: str
    description_en: str
    alt_ar: str
    alt_en: str
    price: str | None = None
    goal: str | None = None
    stock: int | None = None
    max_quantity: int | None = None
    status: str = "published"
