"""What is shown anew each time on a page that is kept: what is left in stock, how far a goal has come.

A template asks for a part with `{% live "stock" item %}`. On a page that may be kept it becomes a mark,
which is replaced before the page leaves, by what the part says now (`storefront/middleware/pages.py`).
On any other it is what it says. Nothing here asks the database: parts are made of an item's figures.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from secrets import token_hex
from typing import Any, Protocol

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from storefront.domain.progress import Progress
from tenants.domain.days import day_of


class Totals(Protocol):
    """What was given to a project: `storefront.models.GoalTotals`, or its figures."""

    received: Decimal
    pending: Decimal
    pledged: Decimal


class Figures(Protocol):
    """An item, or as much of it as a part on a card needs."""

    kind: str
    stock: int | None
    goal: Decimal | None
    ends_on: date | None

    @property
    def is_available(self) -> bool: ...  # noqa: D102 (as on CatalogItem)

    @property
    def is_scarce(self) -> bool: ...  # noqa: D102 (as on CatalogItem)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page. `render(item, **given)` makes it of an item's figures and of what the template
    gave along; `moves(item)` says whether anything but a change of the catalog can make it another.
    `reads` names what the figures are read by (`storefront.queries.live`).
    """

    render: Callable[..., str]
    moves: Callable[[Any], bool]
    reads: str = "figures"


@dataclass(frozen=True, slots=True)
class Mark:
    """A part on a page: which, of which item, and what the template gave along (JSON's own types)."""

    part: str
    item_id: str
    given: Mapping[str, Any]

    def render(self, item: Any) -> str:
        """What it says of the item now, in the language in force."""
        return PARTS[self.part].render(item, **self.given)


@dataclass(slots=True)
class Marks:
    """The marks of one page that is being made. Texts of tenants can't forge one: it holds a word that
    is made with the page.
    """

    word: str = field(default_factory=lambda: token_hex(8))
    marks: list[Mark] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def add(self, mark: Mark, text: str) -> str:
        """Note the part, and what it says now. Returns what stands for it meanwhile."""
        json.dumps(mark.given)  # a form, or an item, can't be kept: TypeError
        self.marks.append(mark)
        self.texts.append(text)
        return f"\x02{self.word}{len(self.marks) - 1}\x03"

    def split(self, content: bytes) -> tuple[list[bytes], list[int]]:
        """A page as the pieces around its marks, and which these are."""
        pieces = re.split(b"\x02%b(\\d+)\x03" % self.word.encode(), content)
        return pieces[::2], [int(number) for number in pieces[1::2]]

    def filled(self, content: bytes) -> bytes:
        """A page with what each part said as the page was made."""
        pieces, numbers = self.split(content)
        return woven(pieces, [self.texts[number] for number in numbers])


_marks: ContextVar[Marks | None] = ContextVar("souqna_live", default=None)


@contextmanager
def marked() -> Iterator[Marks]:
    """Have templates mark the parts of the page that is made in the block."""
    marks = Marks()
    token = _marks.set(marks)
    try:
        yield marks
    finally:
        _marks.reset(token)


def shown(part: str, item: Any, **given: Any) -> SafeString:
    """The part of a page, or its mark. What is None is not given."""
    given = {name: value for name, value in given.items() if value is not None}
    mark = Mark(part, str(item.id), given)
    marks = _marks.get()
    # A part within a part is of it.
    token = _marks.set(None)
    try:
        text = mark.render(item)
    finally:
        _marks.reset(token)
    if marks is not None and PARTS[part].moves(item):
        text = marks.add(mark, text)
    return mark_safe(text)  # noqa: S308 (templates made it)


def woven(pieces: list[bytes], texts: list[str]) -> bytes:
    """Pieces of a page with a text between each and the next."""
    parts = [b""] * (2 * len(pieces) - 1)
    parts[::2] = pieces
    parts[1::2] = [text.encode() for text in texts]
    return b"".join(parts)


def totals_of(item: Any) -> Totals | None:
    """What was given to a project; None for nothing yet. Read along with the item (`totals`)."""
    return getattr(item, "totals", None)


def _is_counted(item: Figures) -> bool:
    return item.stock is not None


def _has_goal(item: Figures) -> bool:
    return item.kind == "project" and item.goal is not None


def _gone(item: Figures) -> str:
    return "" if item.is_available else " item-card-gone"


def _stock(item: Figures) -> str:
    if item.is_available and not item.is_scarce:
        return ""
    return _stock_note(get_language(), item.is_available, item.stock if item.is_scarce else None)


@lru_cache(maxsize=64)
def _stock_note(language: str | None, is_available: bool, left: int | None) -> str:  # noqa: FBT001 (a key of the cache)
    context = {"is_available": is_available, "left": left}
    return render_to_string("components/item_stock.html", context).strip()


def _goal(item: Figures, *, large: bool = False) -> str:
    if item.kind != "project" or item.goal is None:
        return ""
    progress = Progress.of(item.goal, totals_of(item))
    today = day_of(timezone.now())
    left = None if item.ends_on is None else (item.ends_on - today).days
    return _goal_bar(get_language(), progress, left, large)


@lru_cache(maxsize=512)
def _goal_bar(language: str | None, progress: Progress, left: int | None, large: bool) -> str:  # noqa: FBT001 (a key of the cache)
    context = {"progress": progress, "days_left": left, "large": large}
    return render_to_string("components/goal.html", context).strip()


def _offer(item: Any, **given: Any) -> str:
    return render_to_string("storefront/offer.html", {"item": item, **given})


def _offer_moves(item: Any) -> bool:
    return _is_counted(item) or _has_goal(item) or getattr(item, "has_variants", False)


#: By the name that templates ask for. docs/architecture.md says how to add one.
PARTS: dict[str, Part] = {
    "gone": Part(_gone, _is_counted),
    "stock": Part(_stock, _is_counted),
    "goal": Part(_goal, _has_goal),
    "offer": Part(_offer, _offer_moves, reads="items"),
}
