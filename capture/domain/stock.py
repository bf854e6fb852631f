"""What is left of items and variants: locked for who orders, taken, and put back.

An item with variants keeps the sum of what is left of them. It is made anew from them whenever one of
them changes, in the same message, so that the two can't part.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet

from capture.domain.quotes import Choice, LineRequest, Shelf
from storefront.models import CatalogItem, ItemVariant
from tenants.db.messages import Statement


def shelf_of(lines: Iterable[LineRequest]) -> list[QuerySet[Any]]:
    """The items that lines are of, and the variants if some line names one: the rows for `Shelf.of`.
    Reading them locks them.
    """
    lines = list(lines)
    variants = {line.variant_id for line in lines if line.variant_id}
    reading: list[QuerySet[Any]] = [
        _locked(CatalogItem.objects.all(), {line.item_id for line in lines})
    ]
    if variants:
        reading.append(_locked(ItemVariant.objects.all(), variants))
    return reading


def quantities_of(lines: Iterable[LineRequest]) -> Counter[Choice]:
    """How much is asked of each choice."""
    quantities: Counter[Choice] = Counter()
    for line in lines:
        quantities[line.choice] += line.quantity
    return quantities


def stock_taken(quantities: Mapping[Choice, int], shelf: Shelf) -> list[Statement]:
    """What takes quantities off the shelf."""
    taken = {choice: -quantity for choice, quantity in quantities.items()}
    return stock_returned(taken, shelf)


def stock_returned(quantities: Mapping[Choice, int], shelf: Shelf) -> list[Statement]:
    """What puts quantities back: a statement for items, two for variants, none for what isn't counted or
    is gone.
    """
    items: dict[UUID, int] = {}
    variants: dict[UUID, int] = {}
    parents: set[UUID] = set()
    for choice, quantity in quantities.items():
        counted = shelf.counted(choice)
        if counted is None or counted.stock is None:
            continue
        if choice.variant_id:
            variants[choice.variant_id] = quantity
            parents.add(choice.item_id)
        else:
            items[choice.item_id] = quantity
    changes = [_changed(CatalogItem, items)] if items else []
    return [*changes, _changed(ItemVariant, variants), _summed(parents)] if variants else changes


def _locked(rows: QuerySet[Any], ids: Iterable[UUID]) -> QuerySet[Any]:
    """The rows, locked in one order for all, so that two orders never wait for each other."""
    return rows.select_for_update(no_key=True).filter(id__in=set(ids)).order_by("id")


def _changed(model: type[Model], differences: Mapping[UUID, int]) -> Statement:
    table = _table(model)
    text = (
        f"UPDATE {table} SET stock = stock + change.difference"  # noqa: S608 (a model's table)
        " FROM unnest(%s::uuid[], %s::int[]) AS change (id, difference)"
        f" WHERE {table}.id = change.id"
    )
    return Statement(text, [list(differences), list(differences.values())])


def _summed(items: Iterable[UUID]) -> Statement:
    text = (
        f"UPDATE {_table(CatalogItem)} AS item SET stock ="  # noqa: S608 (models' tables)
        " (SELECT CASE WHEN bool_and(variant.stock IS NOT NULL) THEN sum(variant.stock) END"
        f" FROM {_table(ItemVariant)} AS variant WHERE variant.item_id = item.id)"
        " WHERE item.id = ANY(%s::uuid[])"
    )
    return Statement(text, [list(items)])


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
