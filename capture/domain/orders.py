"""Orders: placed by visitors, moved along by staff."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from capture.domain import workflows
from capture.domain.numbering import take_number
from capture.domain.quotes import LineProblem, LineRequest, Quote, quote, shortages
from capture.enums import OrderStatus
from capture.models import Order, OrderChange, OrderLine
from storefront.domain.visits import visit_of_submission
from storefront.models import CatalogItem
from tenants.db.messages import Statement, ask
from tenants.db.writes import act, insert
from tenants.domain import outbox


class UnknownOrderError(Exception):
    """There is no such order here."""


class OrderRefusedError(Exception):
    """The order can't be placed as asked; `problems` says for each line why."""

    def __init__(self, problems: Sequence[LineProblem] = ()) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


class InvalidLinesError(OrderRefusedError):
    """A line names what isn't in the catalog, or a quantity that can't be ordered."""


class ItemUnavailableError(OrderRefusedError):
    """A line names what is no longer offered."""


class OutOfStockError(OrderRefusedError):
    """A line asks for more than is left."""


class PriceChangedError(OrderRefusedError):
    """The total isn't what the person saw; `quote` has the prices of now."""

    def __init__(self, priced: Quote) -> None:
        super().__init__()
        self.quote = priced


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as a visitor asks for it, cleaned. `expected_total` (KWD) is only ever compared; `visit`
    is the token of the visit that it comes from.
    """

    customer_name: str
    customer_phone: str
    language: str
    lines: Sequence[LineRequest]
    customer_email: str = ""
    note: str = ""
    expected_total: Decimal | None = None
    visit: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who takes a step: a member of staff, by id and by the name that the history keeps."""

    id: UUID
    name: str


def shelf(request: NewOrder) -> QuerySet[CatalogItem]:
    """The items that an order asks for. Reading them locks them."""
    return _locked_items(line.item_id for line in request.lines)


def place_order(
    request: NewOrder,
    *,
    is_open: bool,
    now: datetime,
    items: Iterable[CatalogItem] | None = None,
) -> Order:
    """Write an order at the catalog's prices, take its stock and report it, in one transaction.

    `is_open`: whether the tenant takes orders. `items`: the rows of `shelf(request)`, if the transaction
    has read them. Raises InvalidLinesError, ItemUnavailableError, PriceChangedError, OutOfStockError;
    nothing is written then.
    """
    with act():
        locked = _by_id(shelf(request) if items is None else items)
        priced = quote(request.lines, locked)
        _refuse(request, priced, is_open=is_open)
        order = _new_order(request, priced, now=now)
        # Last of what can wait: from here to the commit all other orders of the tenant do.
        order.number = take_number("order", "O", after=_stock_taken(locked, request.lines))
        lines = _lines(order, priced)
        insert(order, *lines)
        order.remember(lines)
        _record(order, source="", now=now)
        outbox.enqueue("order.created", {"order": str(order.id), "number": order.number})
    return order


def change_status(
    number: str, *, to: str, version: int, actor: Actor, now: datetime, reason: str = ""
) -> Order:
    """Take one step of the workflow, as the person saw the order at `version`.

    Raises UnknownOrderError, StaleVersionError, InvalidTransitionError, ReasonRequiredError, and
    OutOfStockError where reopening finds too little left.
    """
    reason = reason.strip()
    with act():
        order = Order.objects.select_for_update().filter(number=number).first()
        if order is None:
            raise UnknownOrderError
        if order.version != version:
            raise workflows.StaleVersionError
        step = workflows.ORDERS.step(order.status, to, reason=reason)
        _move_stock(order, step)
        order.status, order.version, order.updated_at = step.target, order.version + 1, now
        order.save(update_fields=["status", "version", "updated_at"])
        _record(order, source=step.source, now=now, actor=actor, reason=reason)
        told = {"order": str(order.id), "number": order.number, "from": step.source}
        outbox.enqueue(f"order.{step.target}", told)
    return order


def _locked_items(ids: Iterable[UUID]) -> QuerySet[CatalogItem]:
    """The items, locked in one order for all, so that two orders never wait for each other."""
    return CatalogItem.objects.select_for_update(no_key=True).filter(id__in=set(ids)).order_by("id")


def _by_id(items: Iterable[CatalogItem]) -> dict[UUID, CatalogItem]:
    return {item.id: item for item in items}


def _refuse(request: NewOrder, priced: Quote, *, is_open: bool) -> None:
    if priced.invalid:
        raise InvalidLinesError(priced.invalid)
    if priced.unavailable or not is_open:
        raise ItemUnavailableError(priced.unavailable)
    if request.expected_total is not None and request.expected_total != priced.total:
        raise PriceChangedError(priced)
    if priced.short:
        raise OutOfStockError(priced.short)


def _stock_taken(
    items: Mapping[UUID, CatalogItem], lines: Iterable[LineRequest]
) -> list[Statement]:
    taken = _quantities(lines).items()
    counted = {key: n for key, n in taken if key in items and items[key].stock is not None}
    return _stock_changed({item_id: -quantity for item_id, quantity in counted.items()})


def _quantities(lines: Iterable[LineRequest]) -> Counter[UUID]:
    quantities: Counter[UUID] = Counter()
    for line in lines:
        quantities[line.item_id] += line.quantity
    return quantities


def _stock_changed(differences: Mapping[UUID, int]) -> list[Statement]:
    """Change what is left of several items: one statement, none if there is nothing to change. What isn't
    counted stays so.
    """
    if not differences:
        return []
    table = connection.ops.quote_name(CatalogItem._meta.db_table)
    text = (
        f"UPDATE {table} SET stock = stock + change.difference"  # noqa: S608 (a model's table)
        " FROM unnest(%s::uuid[], %s::int[]) AS change (item_id, difference)"
        f" WHERE {table}.id = change.item_id"
    )
    return [Statement(text, [list(differences), list(differences.values())])]


def _move_stock(order: Order, step: workflows.Step) -> None:
    """Cancelling puts the goods back on the shelf; reopening takes them again."""
    if OrderStatus.CANCELLED not in (step.source, step.target):
        return
    stocked = order.lines.exclude(item_id=None).values_list("item_id", "quantity")
    lines = [LineRequest(item_id, quantity) for item_id, quantity in stocked if item_id]
    items = _by_id(_locked_items(line.item_id for line in lines))
    quantities = _quantities(lines)
    if step.target == OrderStatus.CANCELLED:
        ask(*_stock_changed(quantities))
        return
    if short := shortages(quantities, items):
        raise OutOfStockError(short)
    ask(*_stock_taken(items, lines))


def _new_order(request: NewOrder, priced: Quote, *, now: datetime) -> Order:
    return Order(
        customer_name=request.customer_name,
        customer_phone=request.customer_phone,
        customer_email=request.customer_email,
        note=request.note,
        language=request.language,
        delivery_fee=priced.delivery_fee,
        total=priced.total,
        utm_visit_id=visit_of_submission(request.visit),
        created_at=now,
        updated_at=now,
    )


def _lines(order: Order, priced: Quote) -> list[OrderLine]:
    return [
        OrderLine(
            order=order,
            item_id=line.item.id,
            position=position,
            name_ar=line.item.name_ar,
            name_en=line.item.name_en,
            unit_price=line.unit_price,
            quantity=line.quantity,
            total=line.total,
        )
        for position, line in enumerate(priced.lines)
    ]


def _record(
    order: Order, *, source: str, now: datetime, actor: Actor | None = None, reason: str = ""
) -> None:
    step = OrderChange(
        order=order,
        from_status=source,
        to_status=order.status,
        actor_id=actor.id if actor else None,
        actor_name=actor.name if actor else "",
        reason=reason,
        version=order.version,
        created_at=now,
    )
    insert(step)
