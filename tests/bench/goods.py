"""The catalog that every side shows, the same rows in each tenant: 24 items, a picture each."""

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
#: An item that can be ordered, for the row `item`.
SHOWN = "item-0"
#: Orders are for these, of which there are enough.
_ORDERED = (0, 1, 2)


def items() -> list[dict[str, Any]]:
    """The items, by field."""
    return [_item(number) for number in range(24)]


def pictures() -> list[dict[str, Any]]:
    """Their pictures, by field."""
    return [_picture(number) for number in range(24)]


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
        "stock": 1_000_000 if number in _ORDERED else _STOCK[number % len(_STOCK)],
        "max_quantity": 5 if number == 0 else None,
        "goal": "1500.000" if kind == "project" else None,
        "status": "published",
        "position": number,
        "created_at": _MADE,
        "updated_at": _MADE,
    }


def _picture(number: int) -> dict[str, Any]:
    key = _key("picture", number)
    return {
        "id": key,
        "item_id": _key("item", number),
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


def _key(kind: str, number: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"https://souqna.example/bench/{kind}/{number}")
