"""What importing a table would do, item by item, as the page shows it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from storefront.domain.cells import ZONE
from storefront.domain.importing import Comparison
from storefront.domain.item_resource import Entry
from storefront.domain.item_tables import BY_NAME, FIELDS, Draft
from storefront.domain.variants import VariantContent
from storefront.enums import ItemKind, ItemStatus
from tenants.models.bilingual import spoken
from tenants.templatetags.money import kwd

#: Items that one page shows.
MOST = 200


@dataclass(frozen=True, slots=True)
class Change:
    """What a field said and is to say; empty where it says nothing."""

    label: str | Promise
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell. `heading` is its column's in the file."""

    row: int
    label: str | Promise
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One item. `state`: wrong, new, changed or unchanged."""

    row: int
    title: str
    state: str
    changes: Sequence[Change]
    faults: Sequence[Fault]
    doubtful: Sequence[str]


def lines_of(comparison: Comparison) -> list[Line]:
    """The first items: what is wrong before what would be written, and that before what stays."""
    states = {
        "wrong": comparison.wrong,
        "new": comparison.new,
        "changed": comparison.changed,
        "unchanged": comparison.unchanged,
    }
    # New and changed ones in the table's own order.
    written = sorted(
        [("new", one) for one in states["new"]] + [("changed", one) for one in states["changed"]],
        key=lambda pair: pair[1].group.head.number,
    )
    wrong = (("wrong", one) for one in states["wrong"])
    unchanged = (("unchanged", one) for one in states["unchanged"])
    return [_line(one, state) for state, one in islice(chain(wrong, written, unchanged), MOST)]


def _line(entry: Entry, state: str) -> Line:
    draft = entry.draft
    return Line(
        row=entry.group.head.number,
        title=spoken(draft.name_ar, draft.name_en) or draft.slug,
        state=state,
        changes=[] if entry.faults else list(_changes(entry)),
        faults=[
            Fault(place.row, BY_NAME[place.column].label, place.column, text)
            for place, texts in entry.faults.items()
            for text in texts
        ],
        doubtful=entry.doubtful,
    )


def _changes(entry: Entry) -> Iterator[Change]:
    before, after = entry.before or Draft(status=""), entry.draft
    for name in FIELDS:
        old, new = _shown(name, before), _shown(name, after)
        # Another file may have the name of the one before.
        if (entry.ids != entry.shown) if name == "pictures" else (old != new):
            yield Change(BY_NAME[name].label, old, new)
    if before.variants != after.variants:
        yield Change(
            _("variants"),
            _told(one for one in before.variants if one not in after.variants),
            _told(one for one in after.variants if one not in before.variants),
        )


def _shown(name: str, draft: Draft) -> str:
    value = getattr(draft, name)
    show = _SHOWN.get(name)
    return str(FIELDS[name].export(draft)) if show is None or value in (None, "") else show(value)


def _told(variants: Iterator[VariantContent]) -> str:
    return _(", ").join(_variant(one) for one in variants)


def _variant(one: VariantContent) -> str:
    price = _("on request") if one.price is None else kwd(one.price)
    stock = "" if one.stock is None else f" ({one.stock})"
    return f"{spoken(one.name_ar, one.name_en)}: {price}{stock}"


_SHOWN: dict[str, Callable[[Any], str]] = {
    "kind": lambda value: str(ItemKind(value).label),
    "status": lambda value: str(ItemStatus(value).label),
    "price": kwd,
    "goal": kwd,
    "featured": lambda value: _("Yes") if value else _("No"),
    "publish_at": lambda value: date_format(value.astimezone(ZONE), _("j F Y, H:i")),
    "ends_on": lambda value: date_format(value, "j F Y"),
}
