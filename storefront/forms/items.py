"""What the list of items is narrowed to."""

from dataclasses import dataclass
from typing import Self

from django.core.exceptions import ValidationError
from django.http import QueryDict

from storefront.enums import ItemKind
from tenants.validators.text import clean_line

_LONGEST_SEARCH = 100
_PAGE_DIGITS = 4


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


def _words(text: str) -> str:
    try:
        return clean_line(text)[:_LONGEST_SEARCH].strip()
    except ValidationError:
        return ""


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) <= _PAGE_DIGITS
    return max(1, int(text)) if is_number else 1
