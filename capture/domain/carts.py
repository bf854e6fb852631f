"""A visitor's cart: lines kept in a signed cookie, priced anew whenever it is looked at."""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner

from capture.domain.quotes import MOST_LINES, LineRequest, Quote, quote
from storefront.models import CatalogItem
from storefront.models.items import MOST_OF_ONE
from storefront.queries.items import items_by_id
from tenants import scopes

#: How long a cart is kept: seconds.
KEPT = 30 * 24 * 3600
# An item's id and a quantity up to 999: fifty lines are 1200 characters.
_LINE = struct.Struct(">16sH")


class FullCartError(Exception):
    """There is no room for another line."""


@dataclass(frozen=True, slots=True)
class Cart:
    """Lines in the order in which they were added, each item once. Carts are never changed."""

    lines: tuple[LineRequest, ...] = ()

    @classmethod
    def read(cls, text: str) -> Self:
        """The cart that `text` holds; an empty one for a text that isn't ours, or is too old."""
        if not text:
            return cls()
        try:
            packed = urlsafe_b64decode(_signer().unsign(text, max_age=KEPT))
            lines = [
                LineRequest(UUID(bytes=key), count) for key, count in _LINE.iter_unpack(packed)
            ]
        except (BadSignature, ValueError, struct.error):
            return cls()
        return cls(tuple(lines))

    @property
    def text(self) -> str:
        """The cart, packed and signed for this tenant; empty for an empty cart."""
        if not self.lines:
            return ""
        packed = b"".join(_LINE.pack(line.item_id.bytes, line.quantity) for line in self.lines)
        return _signer().sign(urlsafe_b64encode(packed).decode())

    def with_more(self, item_id: UUID, quantity: int) -> Self:
        """The cart with `quantity` more of an item. Raises FullCartError."""
        held = {line.item_id: line.quantity for line in self.lines}
        if item_id not in held and len(held) >= MOST_LINES:
            raise FullCartError
        held[item_id] = held.get(item_id, 0) + quantity
        return self._of(held)

    def with_quantities(self, quantities: Mapping[UUID, int]) -> Self:
        """The cart with other quantities of some of its items; 0 takes one out."""
        return self._of(
            {line.item_id: quantities.get(line.item_id, line.quantity) for line in self.lines}
        )

    def without(self, items: Collection[UUID]) -> Self:
        """The cart without some items."""
        return self.with_quantities(dict.fromkeys(items, 0))

    def _of(self, held: Mapping[UUID, int]) -> Self:
        lines = (
            LineRequest(item, min(count, MOST_OF_ONE)) for item, count in held.items() if count
        )
        return type(self)(tuple(lines))


@dataclass(frozen=True, slots=True)
class Row:
    """A line as the visitor sees it now. `item` is None when there is no such item any more."""

    request: LineRequest
    item: CatalogItem | None
    total: Decimal
    problems: Sequence[str]

    @property
    def fitting(self) -> int:
        """A smaller quantity that could be had; 0 where there is none or nothing is wrong."""
        if not self.problems or self.item is None:
            return 0
        can_be_had = self.item.is_available and self.item.is_orderable
        return self.item.most if can_be_had and self.item.most < self.request.quantity else 0


@dataclass(frozen=True, slots=True)
class PricedLines:
    """Lines beside what they cost and what is wrong with them."""

    rows: Sequence[Row]
    quote: Quote

    @property
    def total(self) -> Decimal:
        """KWD for everything."""
        return self.quote.total

    @property
    def has_problems(self) -> bool:
        """Whether anything stands in the way of an order."""
        return bool(self.quote.problems)


def price_lines(lines: Sequence[LineRequest]) -> PricedLines:
    """The lines at the catalog's prices of now. Two queries, none for no lines."""
    items = items_by_id(line.item_id for line in lines) if lines else {}
    priced = quote(lines, items)
    rows = [
        _row(line, items.get(line.item_id), _problems_at(priced, position))
        for position, line in enumerate(lines)
    ]
    return PricedLines(rows, priced)


def _row(line: LineRequest, item: CatalogItem | None, problems: Sequence[str]) -> Row:
    price = item.price if item and item.price is not None else Decimal("0.000")
    return Row(line, item, price * line.quantity, problems)


def _problems_at(priced: Quote, position: int) -> list[str]:
    return [problem.message for problem in priced.problems if problem.position == position]


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=f"cart:{scopes.current_tenant_id()}")
