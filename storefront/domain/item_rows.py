"""The rows of a table, put together by item: its own, and those of its variants."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from storefront.domain.item_tables import BY_NAME, VARIANT_NAMES
from storefront.domain.tables import Row, Table
from storefront.domain.variants import VariantContent, Variants
from tenants.validators.names import slug_from


class Place(NamedTuple):
    """A cell: the row's number and the column's name."""

    row: int
    column: str


#: What is wrong, in words, by cell.
Faults = dict[Place, list[str]]


@dataclass(slots=True)
class Group:
    """The rows of one item. `is_suggested`: its slug was made of its names. `faults`: what is wrong with
    the rows' being together.
    """

    slug: str
    head: Row
    variants: list[Row] = field(default_factory=list)
    is_suggested: bool = False
    faults: Faults = field(default_factory=dict)

    def place(self, column: str) -> Place:
        """A cell of the item's own row."""
        return Place(self.head.number, column)


@contextmanager
def noted(faults: Faults, place: Place) -> Iterator[None]:
    """Write a ValueError of the block down as a fault of the cell."""
    try:
        yield
    except ValueError as error:
        note(faults, place, str(error))


def note(faults: Faults, place: Place, told: str) -> None:
    """Write down what is wrong with a cell."""
    faults.setdefault(place, []).append(told)


def groups_of(table: Table) -> list[Group]:
    """The table's items in the order of their own rows."""
    heads: dict[str, Group] = {}
    groups = [_group(row, heads) for row in table.rows if not _is_variant(row)]
    for row in table.rows:
        if _is_variant(row):
            _join(row, heads, groups)
    return sorted(groups, key=lambda group: group.head.number)


def variants_of(group: Group, known: Variants, faults: Faults) -> Variants:
    """What the rows of variants say, `known` being the item's until now: one with the same names stays
    that one, and keeps what the table has no column for.
    """
    named = {(one.name_ar, one.name_en): one for one in known}
    return tuple(_variant(row, named, faults) for row in group.variants)


def _is_variant(row: Row) -> bool:
    return any(row.cells.get(name, "").strip() for name in VARIANT_NAMES)


def _group(row: Row, heads: dict[str, Group]) -> Group:
    slug = _slug(row)
    group = Group(slug or _suggested(row), row, is_suggested=not slug)
    first = heads.setdefault(group.slug, group)
    if first is not group and group.slug:
        told = _("Row %(number)d has this address already: %(slug)s.")
        _fault(group, told % {"number": first.head.number, "slug": group.slug})
    return group


def _join(row: Row, heads: dict[str, Group], groups: list[Group]) -> None:
    group = heads.get(_slug(row))
    if group is None:
        group = Group(_slug(row), row)
        _fault(
            group, _("No row of an item has this address, which this variant’s item should have.")
        )
        groups.append(group)
    else:
        group.variants.append(row)


def _fault(group: Group, told: str) -> None:
    note(group.faults, group.place("slug"), told)


def _slug(row: Row) -> str:
    return row.cells.get("slug", "").strip()


def _suggested(row: Row) -> str:
    names = (row.cells.get(name, "") for name in ("name_en", "name_ar"))
    return next(filter(None, map(slug_from, names)), "")


def _variant(
    row: Row, named: dict[tuple[str, str], VariantContent], faults: Faults
) -> VariantContent:
    cells = {name: _read(row, name, faults) for name in row.cells if BY_NAME[name].of_variants}
    name_ar, name_en = (str(cells.get(name) or "") for name in VARIANT_NAMES)
    known = named.get((name_ar, name_en)) or VariantContent(None, name_ar, name_en)
    for name, cell in row.cells.items():
        if cell.strip() and not BY_NAME[name].of_variants:
            told = _("Leave this empty: it belongs in the item’s own row.")
            note(faults, Place(row.number, name), told)
    price, stock = cells.get("price", known.price), cells.get("stock", known.stock)
    return VariantContent(known.id, name_ar, name_en, price, stock)


def _read(row: Row, name: str, faults: Faults) -> Any:
    try:
        return BY_NAME[name].cell.clean(row.cells[name])
    except ValueError as error:
        note(faults, Place(row.number, name), str(error))
        return None
