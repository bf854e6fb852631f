"""What the list of items is narrowed to."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import QueryDict

from storefront.enums import ItemKind
from tenants.validators.text import clean_line

_LONGEST_SEARCH = 100
_PAGE_DIGITS = 4
#: Pages of a list that are kept.
LAST_KEPT = 50


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """A kind or none, words or none, and a page counted from 1. Nonsense narrows nothing."""

    kind: str
    search: str
    page: int

    @classmethod
    def parse(cls, query: QueryDict) -> Self:
        """The filter that `?kind=&search=&page=` asks for."""
        kind = query.get("kind", "")
        return cls(
            kind=kind if kind in ItemKind.values else "",
            search=_words(query.get("search", "")),
            page=_number(query.get("page", "")),
        )


def shelf_query(query: QueryDict) -> str | None:
    """The query of a list that may be kept, written one way and without what the list doesn't look at.

    None for words, which a stranger could fill the cache with, and for pages that hardly anybody opens.
    Whatever `ItemFilter` comes to know belongs in here: a kept list is shown nothing else.
    """
    asked = ItemFilter.parse(query)
    if asked.search or asked.page > LAST_KEPT:
        return None
    said = {"kind": asked.kind, "page": "" if asked.page == 1 else asked.page}
    return urlencode({name: value for name, value in said.items() if value})


def _words(text: str) -> str:
    try:
        return clean_line(text)[:_LONGEST_SEARCH].strip()
    except ValidationError:
        return ""


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) <= _PAGE_DIGITS
    return max(1, int(text)) if is_number else 1
