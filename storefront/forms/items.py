"""What the list of items is narrowed to."""

from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, Self
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import QueryDict

from storefront.enums import ItemKind, ItemSort
from tenants.validators.amounts import parse_amount
from tenants.validators.text import clean_line, latin_digits

_LONGEST_SEARCH = 100
_LONGEST_SLUG = 63
_PAGE_DIGITS = 4
#: Pages of a list that are kept.
LAST_KEPT = 50


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What a visitor asks the list for; nonsense narrows nothing. `category` is a slug, `least` and
    `most` are prices in KWD, `available` keeps what can be had now, `page` is counted from 1.
    """

    kind: str = ""
    category: str = ""
    search: str = ""
    available: bool = False
    least: Decimal | None = None
    most: Decimal | None = None
    sort: str = ""
    page: int = 1

    @classmethod
    def parse(cls, query: QueryDict) -> Self:
        """The filter that `?kind=&category=&search=&available=&least=&most=&sort=&page=` asks for."""
        return cls(
            kind=_one_of(ItemKind.values, query.get("kind", "")),
            category=_line(query.get("category", ""))[:_LONGEST_SLUG],
            search=_line(query.get("search", ""))[:_LONGEST_SEARCH].strip(),
            available=query.get("available", "") == "1",
            least=_amount(query.get("least", "")),
            most=_amount(query.get("most", "")),
            sort=_one_of(ItemSort.values, query.get("sort", "")),
            page=_number(query.get("page", "")),
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether anything may be left out."""
        return replace(self, sort="", page=1) != ItemFilter()

    @property
    def is_searched(self) -> bool:
        """Whether somebody looks for something of their own: no search engine is to keep the answer."""
        narrowed = replace(self, kind="", category="")
        return narrowed.is_narrowed

    @property
    def is_refined(self) -> bool:
        """Whether it asks for what stands below the search, folded away until then."""
        return bool(self.available or self.least is not None or self.most is not None or self.sort)

    def query(self, **changes: Any) -> str:
        """The query that asks for this with some changes, from its first page unless they name one."""
        asked = replace(self, **{"page": 1, **changes})
        values = {each.name: getattr(asked, each.name) for each in fields(asked)}
        return urlencode(
            {name: _written(value) for name, value in values.items() if value != _UNASKED[name]}
        )


_UNASKED = {each.name: each.default for each in fields(ItemFilter)}


def _written(value: Any) -> str:
    return "1" if value is True else str(value)


def shelf_query(query: QueryDict) -> str | None:
    """The query of a list that may be kept, written one way and without what the list doesn't look at.

    None for words and prices, which a stranger could fill the cache with, for what depends on stock, and
    for pages that hardly anybody opens. Whatever `ItemFilter` comes to know belongs in here: a kept list
    is shown nothing else. A category that there isn't is answered with 404, and that is never kept.
    """
    asked = ItemFilter.parse(query)
    kept = ItemFilter(kind=asked.kind, category=asked.category, sort=asked.sort, page=asked.page)
    return asked.query(page=asked.page) if asked == kept and asked.page <= LAST_KEPT else None


def _one_of(values: list[str], text: str) -> str:
    return text if text in values else ""


def _line(text: str) -> str:
    try:
        return clean_line(text)
    except ValidationError:
        return ""


def _amount(text: str) -> Decimal | None:
    try:
        return parse_amount(text)
    except ValidationError:
        return None


def _number(text: str) -> int:
    latin = latin_digits(text)
    is_number = latin.isascii() and latin.isdecimal() and len(latin) <= _PAGE_DIGITS
    return max(1, int(latin)) if is_number else 1
