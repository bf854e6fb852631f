"""The steps of an order: every pair of statuses, told here and not read from the table."""

import threading
from uuid import uuid4

import pytest
from django.db import connections, transaction

from capture.domain.idempotency import Answer, Attempt, once
from capture.domain.orders import OutOfStockError, UnknownOrderError, change_status
from capture.domain.workflows import (
    InvalidTransitionError,
    ReasonRequiredError,
    StaleVersionError,
)
from capture.enums import OrderStatus
from capture.models import Order, OrderChange
from storefront.models import CatalogItem
from tenants import scopes
from tenants.models import OutboxEvent
from tests.capture.conftest import NOW, stock_of

NO, YES, WHY = "no", "yes", "with a reason"
#: From (row) to (column): pending, confirmed, fulfilled, cancelled.
EXPECTED = {
    "pending": (NO, YES, NO, YES),
    "confirmed": (NO, NO, YES, YES),
    "fulfilled": (NO, WHY, NO, NO),
    "cancelled": (WHY, NO, NO, NO),
}
PAIRS = [
    (source, target, verdict)
    for source, row in EXPECTED.items()
    for target, verdict in zip(EXPECTED, row, strict=True)
]


def test_the_matrix_covers_every_status():
    assert list(EXPECTED) == OrderStatus.values


@pytest.fixture
def step(shop, actor):
    """Takes a step in the shop."""

    def take(order, to, version=1, reason=""):
        with scopes.tenant(shop.id):
            return change_status(
                order.number, to=to, version=version, actor=actor, now=NOW, reason=reason
            )

    return take


def state(shop, order):
    with scopes.tenant(shop.id):
        row = Order.objects.get(id=order.id)
        return row.status, row.version, OrderChange.objects.filter(order=order).count()


def put(shop, order, status):
    with scopes.tenant(shop.id):
        Order.objects.filter(id=order.id).update(status=status)


@pytest.mark.parametrize(("source", "target", "verdict"), PAIRS)
def test_every_pair_of_statuses(shop, placed, step, source, target, verdict):
    order = placed()
    put(shop, order, source)

    if verdict == NO:
        with pytest.raises(InvalidTransitionError):
            step(order, target, reason="because")
    if verdict == WHY:
        with pytest.raises(ReasonRequiredError):
            step(order, target, reason="  ")
    if verdict != YES:
        assert state(shop, order) == (source, 1, 1)
    if verdict != NO:
        step(order, target, reason="because" if verdict == WHY else "")
        assert state(shop, order) == (target, 2, 2)


def test_a_step_is_kept_with_who_and_why(shop, placed, step, actor):
    order = placed()
    step(order, "cancelled", reason=" The customer called. ")

    with scopes.tenant(shop.id):
        change = OrderChange.objects.get(order=order, version=2)
        event = OutboxEvent.objects.get(kind="order.cancelled")
    assert (change.from_status, change.to_status) == ("pending", "cancelled")
    assert (change.actor_id, change.actor_name) == (actor.id, "Noura")
    assert change.reason == "The customer called."
    assert event.payload["number"] == order.number


def test_a_person_who_saw_an_older_state_is_told(shop, placed, step):
    order = placed()
    step(order, "confirmed")

    with pytest.raises(StaleVersionError):
        step(order, "cancelled", version=1)
    assert state(shop, order) == ("confirmed", 2, 2)


def test_an_unknown_number_is_said_so(placed, step):
    order = placed()
    order.number = "O-9999"

    with pytest.raises(UnknownOrderError):
        step(order, "confirmed")


def test_the_others_order_is_unknown(placed, tenant_b, actor):
    order = placed()

    with scopes.tenant(tenant_b.id), pytest.raises(UnknownOrderError):
        change_status(order.number, to="confirmed", version=1, actor=actor, now=NOW)


def test_cancelling_gives_the_stock_back_and_reopening_takes_it(shop, placed, step):
    order = placed(quantity=3, stock=5)
    with scopes.tenant(shop.id):
        item = CatalogItem.objects.get(id=order.lines.get().item_id)
    assert stock_of(shop, item) == 2

    step(order, "cancelled")
    assert stock_of(shop, item) == 5
    step(order, "pending", version=2, reason="Back again")
    assert stock_of(shop, item) == 2


def test_cancelling_behind_a_replay_gives_the_stock_back_too(shop, placed, step):
    order = placed(quantity=3, stock=5)
    with scopes.tenant(shop.id):
        item = CatalogItem.objects.get()
        attempt = Attempt("orders", uuid4(), {})
        once(attempt, lambda: Answer(201, {}), now=NOW)

        with transaction.atomic():
            assert once(attempt, lambda: Answer(201, {}), now=NOW).is_replay
            step(order, "cancelled")

    assert stock_of(shop, item) == 5


def test_reopening_without_stock_changes_nothing(shop, placed, step):
    order = placed(quantity=3, stock=3)
    step(order, "cancelled")
    with scopes.tenant(shop.id):
        CatalogItem.objects.update(stock=2)

    with pytest.raises(OutOfStockError):
        step(order, "pending", version=2, reason="Back again")
    assert state(shop, order) == ("cancelled", 2, 2)


@pytest.mark.parametrize(
    "fields", [{"status": "archived"}, {"max_quantity": 1}, {"price": None}], ids=str
)
def test_reopening_asks_only_what_is_left(shop, placed, step, fields):
    order = placed(quantity=3, stock=3)
    step(order, "cancelled")
    with scopes.tenant(shop.id):
        CatalogItem.objects.update(**fields)

    step(order, "pending", version=2, reason="Back again")
    with scopes.tenant(shop.id):
        assert CatalogItem.objects.get().stock == 0
        CatalogItem.objects.update(stock=0)
    step(order, "cancelled", version=3)
    with scopes.tenant(shop.id):
        CatalogItem.objects.update(stock=2)
    with pytest.raises(OutOfStockError) as refused:
        step(order, "pending", version=4, reason="And again")
    assert refused.value.problems[0].message


def test_an_item_that_is_gone_needs_no_stock(shop, placed, step):
    order = placed(quantity=3, stock=3)
    step(order, "cancelled")
    with scopes.tenant(shop.id):
        CatalogItem.objects.all().delete()

    step(order, "pending", version=2, reason="Back again")
    step(order, "cancelled", version=3)
    assert state(shop, order) == ("cancelled", 4, 4)


def test_two_people_at_once_take_one_step(shop, placed, step):
    order = placed()
    outcomes = []
    ready = threading.Barrier(2)

    def take(target):
        try:
            ready.wait()
            step(order, target)
            outcomes.append("done")
        except StaleVersionError:
            outcomes.append("stale")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=[to]) for to in ("confirmed", "cancelled")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "stale"]
    assert state(shop, order)[1:] == (2, 2)
