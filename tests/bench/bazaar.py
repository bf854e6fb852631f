"""A catalog of 10,000 items with believable names, and what people look for in it.

Words are as unevenly common as in a real shop: the first of each list is in hundreds of items, the last
in a dozen or fewer.
"""

from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from tests.bench import goods

SIZE = 10_000
_CATEGORIES = 12
_SEED = 5
_STEEP = 1.2
#: Things, ways and places, each in Arabic and English, the most usual first.
_WORDS = Path(__file__).with_name("bazaar.txt")
_DESCRIPTIONS = (
    (
        "قطعة مختارة بعناية من صناع نعرفهم، تصلكم مغلفة خلال يومين داخل الكويت.",
        "Chosen with care from makers whom we know, and at your door within two days in Kuwait.",
    ),
    (
        "كمية محدودة وصلت هذا الأسبوع. يمكن استبدالها خلال أربعة عشر يوما.",
        "A limited quantity that came in this week. It can be exchanged within fourteen days.",
    ),
    (
        "من أكثر ما يطلبه زبائننا، بسعر خاص لمن يأخذ أكثر من واحدة.",
        "Among what our customers ask for most, at a special price for more than one.",
    ),
)
#: What is looked for, by the way it is written.
QUERIES = {
    "exact": ("مذياع", "Needle"),
    "a beginning": ("منب", "Isfah"),
    "a slip": ("Scisors", "عبنر"),
    "two words": ("قميص حلبي", "Kashmiri lamp"),
    "the article": ("العسل", "بالخزف الحلبي"),
}


def items() -> list[dict[str, Any]]:
    """The items, by field: the same each time."""
    chance = Random(_SEED)
    parts = [_drawn(chance, words) for words in _WORDS.read_text().split("\n\n")]
    return [_item(number, *words) for number, words in enumerate(zip(*parts, strict=True))]


def categories() -> list[dict[str, Any]]:
    """The categories, by field."""
    return [
        {
            "id": _key("category", number),
            "slug": f"part-{number}",
            "name_ar": f"قسم {number}",
            "name_en": f"Part {number}",
            "position": number,
        }
        for number in range(_CATEGORIES)
    ]


def memberships() -> list[dict[str, Any]]:
    """Which item is in which: each in one."""
    return [
        {"item_id": _key("item", number), "category_id": _key("category", number % _CATEGORIES)}
        for number in range(SIZE)
    ]


def pictures() -> list[dict[str, Any]]:
    """A picture of each, by field."""
    return [goods.picture(number, item=_key("item", number)) for number in range(SIZE)]


def _key(kind: str, number: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"https://souqna.example/bazaar/{kind}/{number}")


def _drawn(chance: Random, words: str) -> list[tuple[str, str]]:
    pairs = [pair.split(" ") for pair in words.splitlines()]
    weights = list(accumulate(1 / (rank + 3) ** _STEEP for rank in range(len(pairs))))
    drawn = chance.choices(pairs, cum_weights=weights, k=SIZE)
    return [(arabic, english) for arabic, english in drawn]


def _item(
    number: int, thing: tuple[str, str], way: tuple[str, str], place: tuple[str, str]
) -> dict[str, Any]:
    about_ar, about_en = _DESCRIPTIONS[number % len(_DESCRIPTIONS)]
    name_en = f"{place[1]} {way[1].lower()} {thing[1].lower()}"
    return {
        "id": _key("item", number),
        "kind": "service" if number % 40 == 0 else "product",
        "slug": f"{name_en.lower().replace(' ', '-')}-{number}",
        "name_ar": f"{thing[0]} {way[0]} {place[0]}",
        "name_en": name_en,
        "description_ar": about_ar,
        "description_en": about_en,
        "price": f"{number % 90 + 1}.500",
        "stock": (None, 0, 3, 40)[number % 4],
        "status": "published",
        "position": number,
    }
