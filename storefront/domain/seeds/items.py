"""The form of a demo catalog."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeedCategory:
    """A category of the demo."""

    slug: str
    name_ar: str
    name_en: str


@dataclass(frozen=True, slots=True)
class SeedVariant:
    """One way to have an item of the demo. `price` is KWD."""

    name_ar: str
    name_en: str
    price: str
    stock: int | None = None


@dataclass(frozen=True, slots=True)
class SeedItem:
    """An item of the demo. `price` and `goal` are KWD; with variants, `price` is the lowest and `stock`
    the sum of theirs. `alt_*` say what its picture shows, which is that of the item `picture` if it has
    none of its own. Days are counted from the seeding.
    """

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
    categories: tuple[str, ...] = ()
    variants: tuple[SeedVariant, ...] = ()
    is_featured: bool = False
    picture: str = ""
    shown_in_days: int | None = None
    ends_in_days: int | None = None
