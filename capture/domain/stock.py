"""What is left of items and variants: locked for who orders, taken, and put back.

An item with variants keeps the sum of what is left of them. It is made anew from them whenever one of
them changes, in the same message, so that the two can't part.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet

from capture.domain.quotes import Choice, LineRequest
from storefront.models import CatalogItem, ItemVariant
from tenants.db.messages import GOES_ON, Statement

#: What a line needs of its item.
_OF_ITEMS = (
    "kind", "name_ar", "name_en", "price", "stock", "max_quantity", "status", "has_variants",
    "publish_at",
)  # fmt: skip


def shelf_of(lines: Iterable[LineRequest]) -> list[QuerySet[Any]]:
    """The items that lines are of, and the variants if some line names one: the rows for `Shelf.of`.
    Reading them locks them.
    """
    lines = list(lines)
    variants = {line.variant_id for line in lines if line.variant_id}
    items = CatalogItem.objects.only(*_OF_ITEMS)
    reading = [_locked(items, {line.item_id for line in lines})]
    return [*reading, _locked(ItemVariant.objects.all(), variants)] if variants else reading


def quantities_of(lines: Iterable[LineRequest]) -> Counter[Choice]:
    """How much is asked of each choice."""
    quantities: Counter[Choice] = Counter()
    for line in lines:
        quantities[line.choice] += line.quantity
    return quantities


def stock_taken(quantities: Mapping[Choice, int]) -> list[Statement]:
    """What takes quantities off the shelf, all that is left where that is less: who finds so gives the
    transaction up.
    """
    return stock_returned({choice: -quantity for choice, quantity in quantities.items()})


def stock_returned(quantities: Mapping[Choice, int]) -> list[Statement]:
    """What puts quantities back: a statement for items, two for variants. What isn't counted or is gone
    gets nothing, nor does an item that has variants by now.
    """
    items = {one.item_id: count for one, count in quantities.items() if not one.variant_id}
    variants = {one.variant_id: count for one, count in quantities.items() if one.variant_id}
    parents = {one.item_id for one in quantities if one.variant_id}
    changes = [_changed(CatalogItem, items, " AND NOT has_variants")] if items else []
    return [*changes, _changed(ItemVariant, variants), _summed(parents)] if variants else changes


def _locked(rows: QuerySet[Any], ids: Iterable[UUID]) -> QuerySet[Any]:
    """The rows, locked in one order for all, so that two orders never wait for each other."""
    return rows.select_for_update(no_key=True).filter(id__in=set(ids)).order_by("id")


def _changed(model: type[Model], differences: Mapping[Any, int], only: str = "") -> Statement:
    # Not a join with a list of differences: planning it takes longer than all of this. Never below zero:
    # the column's check would fail with the whole message, and nobody could be told why.
    cases, keys = " WHEN %s THEN %s" * len(differences), ", ".join(["%s"] * len(differences))
    text = (
        f"UPDATE {_table(model)} SET stock = greatest(stock + CASE id{cases} END, 0)"  # noqa: S608 (a model's table)
        f" WHERE id IN ({keys}) AND stock IS NOT NULL{only} AND {GOES_ON}"
    )
    return Statement(text, [*chain.from_iterable(differences.items()), *differences])


def _summed(items: Iterable[UUID]) -> Statement:
    text = (
        f"UPDATE {_table(CatalogItem)} AS item SET stock ="  # noqa: S608 (models' tables)
        " (SELECT CASE WHEN bool_and(variant.stock IS NOT NULL) THEN sum(variant.stock) END"
        f" FROM {_table(ItemVariant)} AS variant WHERE variant.item_id = item.id)"
        f" WHERE item.id = ANY(%s::uuid[]) AND has_variants AND {GOES_ON}"
    )
    return Statement(text, [list(items)])


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
