"""Orders: placed by visitors, moved along by staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from capture.domain import workflows
from capture.domain.numbering import next_number
from capture.domain.quotes import LineProblem, LineRequest, Quote, Shelf, quote, shortages
from capture.domain.stock import quantities_of, shelf_of, stock_returned, stock_taken
from capture.enums import OrderStatus
from capture.models import Order, OrderChange, OrderLine
from storefront.domain.visits import visit_of_submission
from tenants.db.messages import Question, ask
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


def wanted(request: NewOrder) -> list[Question]:
    """All that an order takes before it is looked at: its items and variants, locked; their stock; its
    number, last, since all other orders of the tenant wait from there to the commit. Who is refused
    gives the transaction up, and all of it back.
    """
    taken = stock_taken(quantities_of(request.lines))
    return [*shelf_of(request.lines), *taken, next_number("order")]


def place_order(
    request: NewOrder, *, is_open: bool, now: datetime, rows: Sequence[Any] = ()
) -> Order:
    """Write an order at the catalog's prices, take its stock and report it, in one transaction.

    `is_open`: whether the tenant takes orders. `rows`: the answers to `wanted(request)`, if they have
    been asked for. Raises InvalidLinesError, ItemUnavailableError, PriceChangedError, OutOfStockError;
    nothing is written then.
    """
    with act():
        shelf, number = _taken(request, rows or ask(*wanted(request)))
        priced = quote(request.lines, shelf, now=now)
        _refuse(request, priced, is_open=is_open)
        order = _new_order(request, priced, now=now)
        order.number = f"O-{number}"
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


def _taken(request: NewOrder, rows: Sequence[Any]) -> tuple[Shelf, int]:
    """The shelf and the number out of the answers to `wanted(request)`."""
    items, *others = rows
    has_variants = any(line.variant_id for line in request.lines)
    ((number,),) = others[-1]
    return Shelf.of(items, others[0] if has_variants else ()), number


def _refuse(request: NewOrder, priced: Quote, *, is_open: bool) -> None:
    if priced.invalid:
        raise InvalidLinesError(priced.invalid)
    if priced.unavailable or not is_open:
        raise ItemUnavailableError(priced.unavailable)
    if request.expected_total is not None and request.expected_total != priced.total:
        raise PriceChangedError(priced)
    if priced.short:
        raise OutOfStockError(priced.short)


def _move_stock(order: Order, step: workflows.Step) -> None:
    """Cancelling puts the goods back on the shelf; reopening takes them again."""
    if OrderStatus.CANCELLED not in (step.source, step.target):
        return
    lines = _stocked_lines(order)
    if not lines:
        return
    shelf, quantities = Shelf.of(*ask(*shelf_of(lines))), quantities_of(lines)
    if step.target == OrderStatus.CANCELLED:
        ask(*stock_returned(quantities))
        return
    if short := shortages(quantities, shelf):
        raise OutOfStockError(short)
    ask(*stock_taken(quantities))


def _stocked_lines(order: Order) -> list[LineRequest]:
    """The order's lines, but for those whose item or variant is gone: they came off no shelf of today."""
    return [
        LineRequest(line.item_id, line.quantity, line.variant_id)
        for line in order.lines.all()
        if line.item_id and bool(line.variant_id) == line.has_variant
    ]


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
            variant_id=line.variant.id if line.variant else None,
            variant_ar=line.variant.name_ar if line.variant else "",
            variant_en=line.variant.name_en if line.variant else "",
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
