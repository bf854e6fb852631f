"""What an order would cost and whether it can be had: the same sums for cart, checkout and order."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import NamedTuple, Self
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from storefront.models import CatalogItem, ItemVariant
from storefront.models.items import MOST, MOST_OF_ONE

#: Different lines in one order.
MOST_LINES = 50


class Choice(NamedTuple):
    """What a line is of: an item, and which of its variants if it has some."""

    item_id: UUID
    variant_id: UUID | None = None

    @property
    def text(self) -> str:
        """As pages write it: `{item}` or `{item}.{variant}`."""
        return f"{self.item_id}.{self.variant_id}" if self.variant_id else str(self.item_id)


@dataclass(frozen=True, slots=True)
class LineRequest:
    """One line as a visitor asks for it. The price is not theirs to say."""

    item_id: UUID
    quantity: int
    variant_id: UUID | None = None

    @property
    def choice(self) -> Choice:
        """What it is of."""
        return Choice(self.item_id, self.variant_id)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The catalog's rows that lines are of, by their ids; who means to order has them locked."""

    items: Mapping[UUID, CatalogItem]
    variants: Mapping[UUID, ItemVariant]

    @classmethod
    def of(cls, items: Iterable[CatalogItem], variants: Iterable[ItemVariant] = ()) -> Self:
        """A shelf of these rows."""
        return cls({item.id: item for item in items}, {one.id: one for one in variants})

    def variant(self, choice: Choice) -> ItemVariant | None:
        """The variant chosen, if there is one and it is the item's own."""
        found = self.variants.get(choice.variant_id) if choice.variant_id else None
        return found if found and found.item_id == choice.item_id else None

    def counted(self, choice: Choice) -> CatalogItem | ItemVariant | None:
        """What the stock of a choice is counted on: the variant, or an item without variants. None where
        that is gone: an item that has variants by now holds nothing of its own.
        """
        if choice.variant_id:
            return self.variant(choice)
        item = self.items.get(choice.item_id)
        return None if item and item.has_variants else item


@dataclass(frozen=True, slots=True)
class Line:
    """One line priced from the catalog, in KWD."""

    item: CatalogItem
    quantity: int
    variant: ItemVariant | None = None

    @property
    def name(self) -> str:
        """The item's name and the variant's, in the language in force."""
        return named(self.item, self.variant)

    @property
    def unit_price(self) -> Decimal:
        """KWD for one."""
        price = self.variant.price if self.variant else self.item.price
        return price if price is not None else Decimal("0.000")

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


def quote(requests: Sequence[LineRequest], shelf: Shelf, *, now: datetime) -> Quote:
    """Price the lines from the catalog's rows."""
    found = Quote([], invalid=[], unavailable=[], short=[])
    asked: Counter[UUID | Choice] = Counter()
    for position, request in enumerate(requests):
        choice = request.choice
        asked[choice.item_id] += request.quantity
        asked[choice] += request.quantity
        item, variant = shelf.items.get(choice.item_id), shelf.variant(choice)
        problem = partial(LineProblem, position, request.item_id)
        if item is None:
            found.invalid.append(problem(_("There is no such item here.")))
            continue
        line = Line(item, request.quantity, variant)
        found.lines.append(line)
        if wrong := _wrong_amount(item, request.quantity, asked[choice.item_id]):
            found.invalid.append(problem(wrong))
        elif not item.is_visible(now):
            words = _("%(name)s is no longer offered.") % {"name": item.name}
            found.unavailable.append(problem(words))
        elif wrong := _wrong_choice(item, choice, variant) or _not_for_sale(line):
            found.invalid.append(problem(wrong))
        elif is_short(variant or item, asked[choice]):
            found.short.append(problem(_left(line.name, variant or item)))
    if found.total > MOST:
        message = _("This is more than one order can hold.")
        found.invalid.append(LineProblem(0, requests[0].item_id, message))
    return found


def named(item: CatalogItem, variant: ItemVariant | None) -> str:
    """An item's name with that of the variant chosen, in the language in force."""
    return f"{item.name} ({variant.name})" if variant else item.name


def is_short(stocked: CatalogItem | ItemVariant, quantity: int) -> bool:
    """Whether fewer than `quantity` are left."""
    return stocked.stock is not None and quantity > stocked.stock


def shortages(quantities: Mapping[Choice, int], shelf: Shelf) -> list[LineProblem]:
    """What can't be taken off the shelf again for an order that was placed once: only what is left
    counts, not whether it is offered still. What is gone needs no stock.
    """
    return [
        LineProblem(position, choice.item_id, _left(_name(shelf, choice), stocked))
        for position, (choice, quantity) in enumerate(quantities.items())
        if (stocked := shelf.counted(choice)) and is_short(stocked, quantity)
    ]


def _name(shelf: Shelf, choice: Choice) -> str:
    return named(shelf.items[choice.item_id], shelf.variant(choice))


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


def _wrong_choice(item: CatalogItem, choice: Choice, variant: ItemVariant | None) -> str:
    if item.has_variants and not choice.variant_id:
        return _("%(name)s: choose which one you want.") % {"name": item.name}
    if item.has_variants and not variant:
        return _("%(name)s: what you chose is no longer there. Choose another one.") % {
            "name": item.name
        }
    if choice.variant_id and not item.has_variants:
        return _("%(name)s comes in one kind only: order it without a choice.") % {
            "name": item.name
        }
    return ""


def _not_for_sale(line: Line) -> str:
    is_sold = line.item.is_orderable and (line.variant is None or line.variant.price is not None)
    return "" if is_sold else _("%(name)s can’t be ordered here.") % {"name": line.name}


def _left(name: str, stocked: CatalogItem | ItemVariant) -> str:
    if not stocked.stock:
        return _("%(name)s is sold out.") % {"name": name}
    text = ngettext(
        "%(name)s: only %(count)d left.", "%(name)s: only %(count)d left.", stocked.stock
    )
    return text % {"name": name, "count": stocked.stock}
