"""A visitor's cart: lines kept in a signed cookie, priced anew whenever it is looked at."""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner

from capture.domain.quotes import MOST_LINES, Choice, LineRequest, Quote, Shelf, named, quote
from storefront.models import CatalogItem, ItemVariant
from storefront.models.items import MOST_OF_ONE
from storefront.queries.items import items_by_id
from storefront.queries.variants import variants_by_id
from tenants import scopes

#: How long a cart is kept: seconds.
KEPT = 30 * 24 * 3600
# An item's id and a quantity up to 999, with a bit set if a variant's id follows: fifty lines are 1200
# characters, or 2300.
_LINE = struct.Struct(">16sH")
_HAS_VARIANT = 1 << 15
_ID = 16


class FullCartError(Exception):
    """There is no room for another line."""


@dataclass(frozen=True, slots=True)
class Cart:
    """Lines in the order in which they were added, each choice once. Carts are never changed."""

    lines: tuple[LineRequest, ...] = ()

    @classmethod
    def read(cls, text: str) -> Self:
        """The cart that `text` holds; an empty one for a text that isn't ours, or is too old."""
        if not text:
            return cls()
        try:
            packed = urlsafe_b64decode(_signer().unsign(text, max_age=KEPT))
            return cls(tuple(_unpacked(packed)))
        except (BadSignature, ValueError, struct.error):
            return cls()

    @property
    def text(self) -> str:
        """The cart, packed and signed for this tenant; empty for an empty cart."""
        if not self.lines:
            return ""
        packed = b"".join(map(_packed, self.lines))
        return _signer().sign(urlsafe_b64encode(packed).decode())

    def with_more(self, choice: Choice, quantity: int) -> Self:
        """The cart with `quantity` more of a choice. Raises FullCartError."""
        held = {line.choice: line.quantity for line in self.lines}
        if choice not in held and len(held) >= MOST_LINES:
            raise FullCartError
        held[choice] = held.get(choice, 0) + quantity
        return self._of(held)

    def with_quantities(self, quantities: Mapping[Choice, int]) -> Self:
        """The cart with other quantities of some of its choices; 0 takes one out."""
        return self._of(
            {line.choice: quantities.get(line.choice, line.quantity) for line in self.lines}
        )

    def without(self, choices: Collection[Choice]) -> Self:
        """The cart without some choices."""
        return self.with_quantities(dict.fromkeys(choices, 0))

    def _of(self, held: Mapping[Choice, int]) -> Self:
        lines = (
            LineRequest(choice.item_id, min(count, MOST_OF_ONE), choice.variant_id)
            for choice, count in held.items()
            if count
        )
        return type(self)(tuple(lines))


@dataclass(frozen=True, slots=True)
class Row:
    """A line as the visitor sees it now. `item` is None when there is no such item any more; `room`: how
    many one order could hold of it beside the rows before it.
    """

    request: LineRequest
    item: CatalogItem | None
    variant: ItemVariant | None
    room: int
    is_offered: bool
    problems: Sequence[str]

    @property
    def name(self) -> str:
        """The item's name and the variant's, in the language in force; empty if the item is gone."""
        return named(self.item, self.variant) if self.item else ""

    @property
    def is_mischosen(self) -> bool:
        """Whether the item has variants and none of them is chosen, or the other way round."""
        if self.item is None:
            return False
        is_gone = self.request.variant_id is not None and self.variant is None
        return is_gone or self.item.has_variants != (self.variant is not None)

    @property
    def unit_price(self) -> Decimal | None:
        """KWD for one; None: there is no price."""
        if self.item is None or self.is_mischosen:
            return None
        return self.variant.price if self.variant else self.item.price

    @property
    def total(self) -> Decimal:
        """KWD for all of the line."""
        return (self.unit_price or Decimal("0.000")) * self.request.quantity

    @property
    def fitting(self) -> int:
        """A smaller quantity that could be had; 0 where there is none or nothing is wrong."""
        can_be_had = self.problems and self.is_offered and self.unit_price is not None
        return self.room if can_be_had and 0 < self.room < self.request.quantity else 0


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


def price_lines(lines: Sequence[LineRequest], *, now: datetime) -> PricedLines:
    """The lines at the catalog's prices of now. Two queries, three with variants, none for no lines."""
    shelf = _shelf_of(lines)
    priced = quote(lines, shelf, now=now)
    before: Counter[UUID] = Counter()
    rows = []
    for position, line in enumerate(lines):
        item, variant = shelf.items.get(line.item_id), shelf.variant(line.choice)
        room = _room(item, variant, before[line.item_id]) if item else 0
        is_offered = bool(item and item.is_visible(now))
        rows.append(Row(line, item, variant, room, is_offered, _problems_at(priced, position)))
        before[line.item_id] += line.quantity
    return PricedLines(rows, priced)


def _shelf_of(lines: Sequence[LineRequest]) -> Shelf:
    items = items_by_id(line.item_id for line in lines) if lines else {}
    return Shelf(items, variants_by_id(line.variant_id for line in lines if line.variant_id))


def _room(item: CatalogItem, variant: ItemVariant | None, before: int) -> int:
    left = (variant or item).stock
    most = (item.max_quantity or MOST_OF_ONE) - before
    return most if left is None else min(most, left)


def _problems_at(priced: Quote, position: int) -> list[str]:
    return [problem.message for problem in priced.problems if problem.position == position]


def _packed(line: LineRequest) -> bytes:
    if not line.variant_id:
        return _LINE.pack(line.item_id.bytes, line.quantity)
    return _LINE.pack(line.item_id.bytes, line.quantity | _HAS_VARIANT) + line.variant_id.bytes


def _unpacked(packed: bytes) -> Iterator[LineRequest]:
    """The lines. Raises ValueError and struct.error for what is none."""
    place = 0
    while place < len(packed):
        item, quantity = _LINE.unpack_from(packed, place)
        place += _LINE.size
        variant = None
        if quantity & _HAS_VARIANT:
            variant = UUID(bytes=packed[place : place + _ID])
            place += _ID
        yield LineRequest(UUID(bytes=item), quantity & ~_HAS_VARIANT, variant)


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=f"cart:{scopes.current_tenant_id()}")
