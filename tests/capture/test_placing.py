"""`place_order`: prices, stock, numbers, and refusals that leave nothing behind."""

import threading
import time
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from capture.domain.orders import (
    InvalidLinesError,
    ItemUnavailableError,
    OutOfStockError,
    PriceChangedError,
    place_order,
)
from capture.models import NumberCounter, Order, OrderChange, OrderLine
from capture.serializers.orders import OrderSerializer, order_document
from storefront.models import CatalogItem
from tenants import scopes
from tenants.models import OutboxEvent
from tests.capture.conftest import NOW, orders_of, stock_of
from tests.isolation.world import superuser


def place(tenant, request, *, is_open=True):
    with scopes.tenant(tenant.id):
        return place_order(request, is_open=is_open, now=NOW)


def written(tenant):
    """How many rows of each kind an order writes."""
    with scopes.tenant(tenant.id):
        events = OutboxEvent.objects.filter(kind="order.created").count()
        models = (Order, OrderLine, OrderChange, NumberCounter)
        return [events, *(model.objects.count() for model in models)]


def test_an_order_is_priced_from_the_catalog(shop, shelf, asked):
    oil, box = shelf(price=Decimal("12.500")), shelf(price=Decimal("0.125"))

    order = place(shop, asked((oil, 2), (box, 3)))

    with scopes.tenant(shop.id):
        lines = list(order.lines.values_list("item_id", "unit_price", "quantity", "total"))
    assert lines == [
        (oil.id, Decimal("12.500"), 2, Decimal("25.000")),
        (box.id, Decimal("0.125"), 3, Decimal("0.375")),
    ]
    assert (order.status, order.payment_status, order.version) == ("pending", "unpaid", 1)
    assert order.total == Decimal("25.375")
    assert len(order.tracking_token) == 22


def test_an_order_writes_row_history_and_event(shop, shelf, asked):
    order = place(shop, asked((shelf(), 1)))

    assert written(shop) == [1, 1, 1, 1, 1]
    with scopes.tenant(shop.id):
        event = OutboxEvent.objects.get(kind="order.created")
        change = OrderChange.objects.get()
    assert event.payload == {"order": str(order.id), "number": "O-1001"}
    assert (change.from_status, change.to_status, change.actor_name) == ("", "pending", "")


def test_what_was_agreed_outlives_the_item(shop, shelf, asked):
    item = shelf(name_en="Oud oil")
    order = place(shop, asked((item, 1)))

    with scopes.tenant(shop.id):
        item.delete()
        line = order.lines.get()
    assert (line.item_id, line.name_en, line.total) == (None, "Oud oil", Decimal("12.500"))


def test_stock_is_taken_once_for_all_lines(shop, shelf, asked):
    item, uncounted = shelf(stock=5), shelf(stock=None)

    place(shop, asked((item, 2), (item, 3), (uncounted, 1)))

    assert stock_of(shop, item) == 0
    assert stock_of(shop, uncounted) is None


REFUSED = {
    "unknown": (lambda _: [(uuid4(), 1)], InvalidLinesError),
    "none": (lambda shelf: [(shelf(), 0)], InvalidLinesError),
    "less than none": (lambda shelf: [(shelf(), -3)], InvalidLinesError),
    "absurd": (lambda shelf: [(shelf(), 10**9)], InvalidLinesError),
    "over the maximum": (lambda shelf: [(shelf(max_quantity=10), 11)], InvalidLinesError),
    "no price": (lambda shelf: [(shelf(price=None), 1)], InvalidLinesError),
    "a project": (lambda shelf: [(shelf(kind="project"), 1)], InvalidLinesError),
    "too dear": (lambda shelf: [(shelf(price=Decimal("999999999.999")), 2)], InvalidLinesError),
    "draft": (lambda shelf: [(shelf(status="draft"), 1)], ItemUnavailableError),
    "archived": (lambda shelf: [(shelf(status="archived"), 1)], ItemUnavailableError),
    "sold out": (lambda shelf: [(shelf(stock=0), 1)], OutOfStockError),
    "too few": (lambda shelf: [(shelf(stock=2), 3)], OutOfStockError),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_order_leaves_nothing(shop, shelf, asked, case):
    make, error = REFUSED[case]
    good = shelf(stock=5)
    lines = make(shelf)
    before = written(shop)

    with pytest.raises(error) as refused:
        place(shop, asked((good, 1), *lines))

    assert refused.value.problems[0].position in (0, 1)
    assert refused.value.problems[0].message
    assert written(shop) == before
    assert stock_of(shop, good) == 5


def test_the_maximum_holds_over_several_lines(shop, shelf, asked):
    item = shelf(max_quantity=10)

    with pytest.raises(InvalidLinesError):
        place(shop, asked((item, 6), (item, 5)))


def test_a_tenant_that_takes_no_orders_gets_none(shop, shelf, asked):
    with pytest.raises(ItemUnavailableError):
        place(shop, asked((shelf(), 1)), is_open=False)
    assert orders_of(shop) == []


def test_another_tenants_item_is_unknown(shop, tenant_b, shelf, asked):
    theirs = shelf(tenant=tenant_b)

    with pytest.raises(InvalidLinesError):
        place(shop, asked((theirs.id, 1)))
    assert written(shop) == [0, 0, 0, 0, 0]


def test_a_changed_price_comes_with_the_new_one(shop, shelf, asked):
    item = shelf(price=Decimal("2.000"))

    with pytest.raises(PriceChangedError) as refused:
        place(shop, asked((item, 2), expected_total=Decimal("3.000")))

    assert refused.value.quote.total == Decimal("4.000")
    assert orders_of(shop) == []
    assert place(shop, asked((item, 2), expected_total=Decimal("4.000"))).number == "O-1001"


def test_numbers_have_no_gaps(shop, shelf, asked):
    item = shelf(stock=3)
    for quantity in (1, 9, 1):
        try:
            place(shop, asked((item, quantity)))
        except OutOfStockError:
            continue

    assert [order.number for order in orders_of(shop)] == ["O-1001", "O-1002"]


def test_the_last_piece_is_sold_once(shop, shelf, asked):
    """Twenty buyers, seven pieces."""
    item = shelf(stock=7)
    outcomes = []
    ready = threading.Barrier(20)

    def buy():
        try:
            ready.wait()
            outcomes.append(place(shop, asked((item, 1))).number)
        except OutOfStockError:
            outcomes.append(None)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=buy) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    numbers = sorted(number for number in outcomes if number)
    assert numbers == [f"O-{number}" for number in range(1001, 1008)]
    assert outcomes.count(None) == 13
    assert stock_of(shop, item) == 0


def somebody_waits():
    """Wait until a connection waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    deadline = time.monotonic() + 20
    with superuser() as server:
        while server.execute(waiting).fetchone() == (0,):
            assert time.monotonic() < deadline
            time.sleep(0.02)


def any_order(rows, ids):
    """The control: locks that are taken the other way round."""
    return rows.select_for_update().filter(id__in=list(ids)).order_by("-id")


@pytest.mark.parametrize("control", [False, True])
def test_who_waits_for_the_first_item_holds_no_other(shop, shelf, asked, monkeypatch, control):
    """So two orders never wait for each other, whatever the order of their lines."""
    if control:
        monkeypatch.setattr("capture.domain.stock._locked", any_order)
    first, last = sorted((shelf(stock=40), shelf(stock=40)), key=lambda item: item.id)
    done = []

    def buy():
        try:
            done.append(place(shop, asked((last, 1), (first, 1))))
        finally:
            connections.close_all()

    buyer = threading.Thread(target=buy)
    with scopes.tenant(shop.id), transaction.atomic():
        CatalogItem.objects.select_for_update().get(id=first.id)
        buyer.start()
        somebody_waits()
        try:
            with transaction.atomic():
                CatalogItem.objects.select_for_update(nowait=True).get(id=last.id)
            is_free = True
        except OperationalError:
            is_free = False
    buyer.join()

    assert is_free is not control
    assert [order.number for order in done] == ["O-1001"]


def test_more_lines_cost_no_more_statements(shop, shelf, asked):
    counts = []
    for number in (1, 3):
        request = asked(*((shelf(stock=9), 1) for _ in range(number)))
        with scopes.tenant(shop.id), CaptureQueriesContext(connection) as queries:
            place_order(request, is_open=True, now=NOW)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_answer_is_what_the_serializer_would_make(shop, shelf, asked):
    order = place(shop, asked((shelf(), 2), (shelf(price=Decimal("0.125")), 1)))
    serializer = OrderSerializer(order, context={"tracking_url": lambda _: "/there/"})

    with scopes.tenant(shop.id):
        assert order_document(order, tracking_url="/there/") == serializer.data


def test_an_order_takes_two_messages(shop, shelf, asked):
    request = asked((shelf(stock=9), 1), (shelf(), 1))
    with scopes.tenant(shop.id), CaptureQueriesContext(connection) as queries:
        place_order(request, is_open=True, now=NOW)

    messages = [one["sql"] for one in queries if one["sql"] not in ("BEGIN", "COMMIT")]
    assert len(messages) == 2
    steps = ("FOR NO KEY UPDATE", 'UPDATE "catalog_items"', 'INSERT INTO "number_counters"')
    places = [messages[0].index(step) for step in steps]
    assert places == sorted(places)
    assert messages[1].endswith("; COMMIT")
