"""The catalog that every side shows, the same rows in each tenant: 24 items, a picture each, in three
categories.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

_MADE = datetime(2026, 1, 1, tzinfo=UTC)
_WIDTHS = (320, 640, 1280)
_NAMES = (
    ("بخور كمبودي", "Cambodian bukhoor"),
    ("مبخرة نحاسية", "Brass mabkhara"),
    ("دهن عود معتّق", "Aged oud oil"),
    ("بناء مظلة للساحة", "A shade roof for the yard"),
    ("تنسيق جلسة عود", "An evening of oud, arranged for you"),
    ("مسك أبيض", "White musk"),
)
# Uncounted, sold out, nearly sold out, enough.
_STOCK = (None, 0, 3, 40)
_ABOUT = (
    "قطع مختارة بعناية، تصلكم مغلّفة خلال يومين داخل الكويت.\n\nاسألونا عن الكميات الكبيرة.",
    "Chosen with care, and at your door within two days in Kuwait.\n\nAsk us for larger quantities.",
)
_CATEGORIES = (("عود وبخور", "Oud and incense"), ("للبيت", "For the house"), ("هدايا", "Gifts"))
#: Comes in sizes, at two prices.
_IN_SIZES = 6
_SIZES = (("نصف تولة", "Half a tola"), ("تولة", "A tola"))
#: An item that can be ordered, for the row `item`.
SHOWN = "item-0"
#: Orders are for these, of which there are enough.
_ORDERED = (0, 1, 2)


def items() -> list[dict[str, Any]]:
    """The items, by field."""
    return [_item(number) for number in range(24)]


def pictures() -> list[dict[str, Any]]:
    """Their pictures, by field."""
    return [picture(number, item=_key("item", number)) for number in range(24)]


def picture(number: int, *, item: UUID) -> dict[str, Any]:
    """A picture of an item, by field."""
    key = _key("picture", number)
    return {
        "id": key,
        "item_id": item,
        "alt_ar": "صورة على خلفية فاتحة",
        "alt_en": "On a light ground",
        "renditions": [
            {
                "name": f"items/{key}-{width}.webp",
                "width": width,
                "height": width,
                "content_type": "image/webp",
            }
            for width in _WIDTHS
        ],
        "created_at": _MADE,
    }


def variants() -> list[dict[str, Any]]:
    """The sizes that one item comes in, by field."""
    return [
        {
            "id": _key("variant", number),
            "item_id": _key("item", _IN_SIZES),
            "position": number,
            "name_ar": name_ar,
            "name_en": name_en,
            "price": f"{_IN_SIZES + 1 + number}.500",
            "stock": None,
        }
        for number, (name_ar, name_en) in enumerate(_SIZES)
    ]


def categories() -> list[dict[str, Any]]:
    """The categories, by field."""
    return [
        {
            "id": _key("category", number),
            "slug": f"part-{number}",
            "name_ar": name_ar,
            "name_en": name_en,
            "position": number,
        }
        for number, (name_ar, name_en) in enumerate(_CATEGORIES)
    ]


def memberships() -> list[dict[str, Any]]:
    """Which item is in which: each in one."""
    return [
        {
            "id": number + 1,
            "item_id": _key("item", number),
            "category_id": _key("category", number % len(_CATEGORIES)),
        }
        for number in range(24)
    ]


def order() -> dict[str, Any]:
    """An order of three lines, as a storefront sends it."""
    return {
        "customer_name": "نورة المطيري",
        "customer_phone": "50001234",
        "customer_email": "noura@example.com",
        "note": "الرجاء الاتصال قبل التوصيل",
        "language": "ar",
        "lines": [
            {"item": str(_key("item", number)), "quantity": number + 1} for number in _ORDERED
        ],
    }


def _item(number: int) -> dict[str, Any]:
    name_ar, name_en = _NAMES[number % len(_NAMES)]
    kind = {3: "project", 4: "service"}.get(number % len(_NAMES), "product")
    is_priced = kind != "project" and number % 8 != 5
    return {
        "id": _key("item", number),
        "kind": kind,
        "slug": f"item-{number}",
        "name_ar": f"{name_ar} {number}",
        "name_en": f"{name_en} {number}",
        "description_ar": _ABOUT[0],
        "description_en": _ABOUT[1],
        "price": f"{number + 1}.500" if is_priced else None,
        "stock": _stock(number),
        "has_variants": number == _IN_SIZES,
        "max_quantity": 5 if number == 0 else None,
        "goal": "1500.000" if kind == "project" else None,
        "status": "published",
        "position": number,
        "created_at": _MADE,
        "updated_at": _MADE,
    }


def _stock(number: int) -> int | None:
    if number == _IN_SIZES:
        return None
    return 1_000_000 if number in _ORDERED else _STOCK[number % len(_STOCK)]


def _key(kind: str, number: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"https://souqna.example/bench/{kind}/{number}")
