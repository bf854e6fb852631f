"""The order of a tenant's items: positions from 1, without gaps from the first change of the order on."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, F, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from storefront.domain.items import UnknownItemError
from storefront.domain.pages import pages_changed
from storefront.domain.turns import take_turn
from storefront.models import CatalogItem
from tenants.domain import audit


def step_item(*, item_id: UUID, by: int, actor_id: UUID) -> bool:
    """Move an item so many places on, or back if `by` is negative, as far as there are places. Answers
    whether it moved. Raises UnknownItemError.
    """
    with transaction.atomic():
        _begin()
        here = _position(item_id)
        last = CatalogItem.objects.count()
        return _move(item_id, here, max(1, min(last, here + by)), actor_id)


def place_item(*, item_id: UUID, beside: UUID, is_after: bool, actor_id: UUID) -> bool:
    """Move an item right before another one, or right after it. Answers whether it moved. Raises
    UnknownItemError for either.
    """
    with transaction.atomic():
        _begin()
        here, there = _position(item_id), _position(beside)
        # Those in between close the gap that it leaves.
        target = there + is_after - (here < there)
        return _move(item_id, here, here if item_id == beside else target, actor_id)


def arrange_items(*, ids: Sequence[UUID], actor_id: UUID) -> bool:
    """Have these items share the places they hold in this order; all others stay where they are. Answers
    whether one moved. Raises UnknownItemError.
    """
    wanted = list(dict.fromkeys(ids))
    with transaction.atomic():
        _begin()
        held = dict(_locked(CatalogItem.objects.filter(id__in=wanted)))
        if len(held) < len(wanted):
            raise UnknownItemError
        places = dict(zip(wanted, sorted(held.values()), strict=True))
        moved = {item_id: place for item_id, place in places.items() if held[item_id] != place}
        if moved:
            _write(moved)
            _tell(actor_id, moved=len(moved))
    return bool(moved)


def _begin() -> None:
    """Take the turn, and number the places without gaps or repeats, which deletions and items made at the
    same moment leave.
    """
    take_turn("items")
    order = Window(RowNumber(), order_by=CatalogItem._meta.ordering)
    found = CatalogItem.objects.annotate(place=order).exclude(position=F("place"))
    places = dict(found.order_by().values_list("id", "place"))
    if places:
        _locked(CatalogItem.objects.filter(id__in=places))
        _write(places)


def _position(item_id: UUID) -> int:
    position = CatalogItem.objects.filter(id=item_id).values_list("position", flat=True).first()
    if position is None:
        raise UnknownItemError
    return position


def _move(item_id: UUID, here: int, target: int, actor_id: UUID) -> bool:
    """Put an item at `target`; those between there and `here` make room. Others aren't written."""
    if here == target:
        return False
    rows = CatalogItem.objects.filter(position__range=sorted((here, target)))
    _locked(rows)
    aside = F("position") + Value(1 if target < here else -1)
    rows.update(position=Case(When(id=item_id, then=Value(target)), default=aside))
    _tell(actor_id, item=str(item_id), place=target)
    return True


def _locked(rows: QuerySet[CatalogItem]) -> list[tuple[UUID, int]]:
    """Id and position of `rows`, locked by id as orders lock them, or both could wait for one another."""
    locked = rows.select_for_update(no_key=True).order_by("id")
    return list(locked.values_list("id", "position"))


def _write(places: Mapping[UUID, int]) -> None:
    """In one statement, however many: a CASE of ten thousand is slow."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_items SET position = wanted.place"
            " FROM unnest(%s::uuid[], %s::int[]) AS wanted(id, place)"
            " WHERE catalog_items.id = wanted.id",
            [list(places), list(places.values())],
        )


def _tell(actor_id: UUID, **detail: object) -> None:
    audit.record("items.ordered", actor_id=actor_id, **detail)
    pages_changed()
