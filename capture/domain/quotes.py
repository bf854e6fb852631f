"""What an order would cost and whether it can be had: the same sums for cart, checkout and order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from storefront.models import CatalogItem
from storefront.models.items import MOST, MOST_OF_ONE

#: Different lines in one order.
MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class LineRequest:
    """One line as a visitor asks for it. The price is not theirs to say."""

    item_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line priced from the catalog, in KWD."""

    item: CatalogItem
    quantity: int

    @property
    def unit_price(self) -> Decimal:
        """KWD for one."""
        return self.item.price if self.item.price is not None else Decimal("0.000")

    @property
    def total(self) -> Decimal:
        """KWD for all of the line."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Why a line can't be ordered: `position` counts from 0; `message` is for the person."""

    position: int
    item_id: UUID
    message: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Lines with their prices. `invalid`: can't be asked for like this; `unavailable`: no longer
    offered; `short`: fewer left than asked for.
    """

    lines: list[Line]
    invalid: list[LineProblem]
    unavailable: list[LineProblem]
    short: list[LineProblem]
    delivery_fee: Decimal = Decimal("0.000")

    @property
    def total(self) -> Decimal:
        """KWD for everything."""
        return sum((line.total for line in self.lines), self.delivery_fee)

    @property
    def problems(self) -> list[LineProblem]:
        """All that stands in the way."""
        return [*self.invalid, *self.unavailable, *self.short]


def quote(requests: Sequence[LineRequest], items: Mapping[UUID, CatalogItem]) -> Quote:
    """Price the lines from `items` (the catalog's rows, locked by who means to order)."""
    found = Quote([], invalid=[], unavailable=[], short=[])
    asked: Counter[UUID] = Counter()
    for position, request in enumerate(requests):
        asked[request.item_id] += request.quantity
        item = items.get(request.item_id)
        problem = partial(LineProblem, position, request.item_id)
        in_all = asked[request.item_id]
        if item is None:
            found.invalid.append(problem(_("There is no such item here.")))
            continue
        found.lines.append(Line(item, request.quantity))
        if wrong := _wrong_amount(item, request.quantity, in_all):
            found.invalid.append(problem(wrong))
        elif not item.is_published:
            words = _("%(name)s is no longer offered.") % {"name": item.name}
            found.unavailable.append(problem(words))
        elif not item.is_orderable:
            words = _("%(name)s can’t be ordered here.") % {"name": item.name}
            found.invalid.append(problem(words))
        elif is_short(item, in_all):
            found.short.append(problem(_left(item)))
    if found.total > MOST:
        message = _("This is more than one order can hold.")
        found.invalid.append(LineProblem(0, requests[0].item_id, message))
    return found


def is_short(item: CatalogItem, quantity: int) -> bool:
    """Whether fewer than `quantity` are left."""
    return item.stock is not None and quantity > item.stock


def shortages(
    quantities: Mapping[UUID, int], items: Mapping[UUID, CatalogItem]
) -> list[LineProblem]:
    """What can't be taken off the shelf again for an order that was placed once: only what is left
    counts, not whether it is offered still. Items that are gone have no shelf.
    """
    return [
        LineProblem(position, item_id, _left(items[item_id]))
        for position, (item_id, quantity) in enumerate(quantities.items())
        if item_id in items and is_short(items[item_id], quantity)
    ]


def _wrong_amount(item: CatalogItem, quantity: int, in_all: int) -> str:
    if quantity < 1:
        return _("%(name)s: order at least one.") % {"name": item.name}
    most = item.max_quantity or MOST_OF_ONE
    return _at_most(item, most) if in_all > most else ""


def _at_most(item: CatalogItem, most: int) -> str:
    text = ngettext(
        "%(name)s: at most %(count)d in one order.",
        "%(name)s: at most %(count)d in one order.",
        most,
    )
    return text % {"name": item.name, "count": most}


def _left(item: CatalogItem) -> str:
    if not item.stock:
        return _("%(name)s is sold out.") % {"name": item.name}
    text = ngettext("%(name)s: only %(count)d left.", "%(name)s: only %(count)d left.", item.stock)
    return text % {"name": item.name, "count": item.stock}
