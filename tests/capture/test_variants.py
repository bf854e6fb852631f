"""Orders of items in several kinds: price and stock are the variant's, the item keeps the sum."""

import threading
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from capture.domain.orders import (
    InvalidLinesError,
    ItemUnavailableError,
    OutOfStockError,
    PriceChangedError,
    change_status,
    place_order,
)
from capture.domain.quotes import LineRequest, quote
from capture.models import Order
from capture.serializers.orders import OrderSerializer, order_document
from storefront.models import CatalogItem, ItemVariant
from tenants import scopes
from tests.capture.conftest import NOW, orders_of, stocks_of
from tests.capture.test_placing import somebody_waits


def place(tenant, request):
    with scopes.tenant(tenant.id):
        return place_order(request, is_open=True, now=NOW)


@pytest.fixture
def step(shop, actor):
    """Takes a step of the newest version."""

    def take(order, to, reason="because"):
        with scopes.tenant(shop.id):
            version = Order.objects.get(id=order.id).version
            change_status(order.number, to=to, version=version, actor=actor, now=NOW, reason=reason)

    return take


# Placing ------------------------------------------------------------------------------------------


def test_price_and_name_are_the_variants(shop, varied, asked):
    small, large = varied(("3.000", 5), ("9.500", None))

    order = place(shop, asked((large, 2), (small, 1), customer_name="Maryam"))

    with scopes.tenant(shop.id):
        lines = [
            (line.item_id, line.variant_id, line.name_en, line.variant_en, line.variant_ar, line.total)
            for line in order.lines.order_by("position")
        ]  # fmt: skip
    assert lines == [
        (large.item_id, large.id, "Oud oil", "Kind 1", "خيار 1", Decimal("19.000")),
        (small.item_id, small.id, "Oud oil", "Kind 0", "خيار 0", Decimal("3.000")),
    ]
    assert order.total == Decimal("22.000")


def test_stock_is_taken_from_variant_and_item_alike(shop, varied, shelf, asked):
    small, large = varied(("3.000", 5), ("9.500", 4))
    plain = shelf(stock=7)

    place(shop, asked((small, 2), (plain, 3), (large, 1), (small, 1)))

    assert stocks_of(shop, small.item) == (5, [2, 3])
    assert stocks_of(shop, plain) == (4, [])


def test_what_is_not_counted_stays_so(shop, varied, asked):
    counted, uncounted = varied(("3.000", 5), ("9.500", None))

    place(shop, asked((counted, 2), (uncounted, 1)))

    assert stocks_of(shop, counted.item) == (None, [3, None])


REFUSED = {
    "none chosen": (lambda put, _: [(put(("3.000", 5))[0].item, 1)], InvalidLinesError),
    "on request": (lambda put, _: [(put((None, 5), ("3.000", 5))[0], 1)], InvalidLinesError),
    "over the maximum in all": (
        lambda put, _: [(one, 4) for one in put(("3.000", 5), ("4.000", 5), max_quantity=7)],
        InvalidLinesError,
    ),
    "sold out": (lambda put, _: [(put(("3.000", 0), ("3.000", 9))[0], 1)], OutOfStockError),
    "too few": (lambda put, _: [(put(("3.000", 2), ("3.000", 9))[0], 3)], OutOfStockError),
    "too few over two lines": (
        lambda put, _: [(put(("3.000", 2), ("3.000", 9))[0], 1)] * 3,
        OutOfStockError,
    ),
    "a draft": (lambda put, _: [(put(("3.000", 5), status="draft")[0], 1)], ItemUnavailableError),
    "not shown yet": (
        lambda put, _: [(put(("3.000", 5), publish_at=NOW + timedelta(seconds=1))[0], 1)],
        ItemUnavailableError,
    ),
    "not shown yet, and plain": (
        lambda _, shelf: [(shelf(publish_at=NOW + timedelta(seconds=1)), 1)],
        ItemUnavailableError,
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_order_takes_nothing(shop, varied, shelf, asked, case):
    make, error = REFUSED[case]
    good, other = varied(("1.000", 5), ("1.000", 5))
    lines = make(varied, shelf)

    with pytest.raises(error) as refused:
        place(shop, asked((good, 1), *lines))

    assert refused.value.problems[0].position > 0
    assert "Oud oil" in refused.value.problems[0].message
    assert orders_of(shop) == []
    assert stocks_of(shop, other.item) == (10, [5, 5])


WRONG = {
    "unknown": lambda mine, _: LineRequest(mine.item_id, 1, uuid4()),
    "another item's": lambda mine, other: LineRequest(mine.item_id, 1, other.id),
    "of another item": lambda mine, other: LineRequest(other.item_id, 1, mine.id),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_variant_has_to_be_the_items_own(shop, varied, asked, case):
    mine, other = varied(("3.000", 5))[0], varied(("4.000", 5))[0]

    with pytest.raises(InvalidLinesError) as refused:
        place(shop, asked(lines=[WRONG[case](mine, other)]))

    assert "no longer there" in refused.value.problems[0].message
    assert stocks_of(shop, mine.item) == (5, [5])


def test_an_item_of_one_kind_takes_no_variant(shop, varied, shelf, asked):
    theirs, plain = varied(("3.000", 5))[0], shelf(stock=5)

    for variant_id in (uuid4(), theirs.id):
        with pytest.raises(InvalidLinesError) as refused:
            place(shop, asked(lines=[LineRequest(plain.id, 1, variant_id)]))
        assert "one kind only" in refused.value.problems[0].message


def test_another_tenants_variant_is_unknown(shop, tenant_b, varied, asked):
    mine, theirs = varied(("3.000", 5))[0], varied(("3.000", 5), tenant=tenant_b)[0]

    with pytest.raises(InvalidLinesError):
        place(shop, asked(lines=[LineRequest(mine.item_id, 1, theirs.id)]))


def test_what_is_shown_by_now_can_be_ordered(shop, shelf, asked):
    assert place(shop, asked((shelf(publish_at=NOW), 1))).number == "O-1001"


def test_a_changed_price_of_a_variant_comes_with_the_new_one(shop, varied, asked):
    small, _ = varied(("3.000", 5), ("9.500", 5))

    with pytest.raises(PriceChangedError) as refused:
        place(shop, asked((small, 2), expected_total=Decimal("5.000")))

    assert refused.value.quote.total == Decimal("6.000")


def test_the_answer_is_what_the_serializer_would_make(shop, varied, shelf, asked):
    small, _ = varied(("3.000", 5), ("9.500", 5))
    order = place(shop, asked((small, 2), (shelf(), 1)))
    serializer = OrderSerializer(order, context={"tracking_url": lambda _: "/there/"})

    with scopes.tenant(shop.id):
        document = order_document(order, tracking_url="/there/")
        assert document == serializer.data
    assert [line["variant"] for line in document["lines"]] == [
        {"id": str(small.id), "name": "Kind 0"},
        None,
    ]


def test_an_order_of_variants_takes_two_messages_as_well(shop, varied, shelf, asked):
    small, large = varied(("3.000", 5), ("9.500", 5))
    request = asked((small, 1), (large, 1), (shelf(stock=3), 1))
    with scopes.tenant(shop.id), CaptureQueriesContext(connection) as queries:
        place_order(request, is_open=True, now=NOW)

    messages = [one["sql"] for one in queries if one["sql"] not in ("BEGIN", "COMMIT")]
    assert len(messages) == 2
    assert messages[0].index('"catalog_items"') < messages[0].index('FROM "catalog_variants"')
    assert messages[0].count("FOR NO KEY UPDATE") == 2


def test_without_variants_their_table_is_left_alone(shop, shelf, asked):
    with scopes.tenant(shop.id), CaptureQueriesContext(connection) as queries:
        place_order(asked((shelf(stock=3), 1)), is_open=True, now=NOW)

    assert not any("catalog_variants" in one["sql"] for one in queries)


# Steps --------------------------------------------------------------------------------------------


def test_cancelling_gives_back_and_reopening_takes_again(shop, varied, asked, step):
    small, _ = varied(("3.000", 5), ("9.500", 4))
    order = place(shop, asked((small, 3)))
    assert stocks_of(shop, small.item) == (6, [2, 4])

    step(order, "cancelled")
    assert stocks_of(shop, small.item) == (9, [5, 4])
    step(order, "pending")
    assert stocks_of(shop, small.item) == (6, [2, 4])


def test_reopening_without_stock_changes_nothing(shop, varied, asked, step):
    small, large = varied(("3.000", 3), ("9.500", 4))
    order = place(shop, asked((small, 3), (large, 1)))
    step(order, "cancelled")
    other = place(shop, asked((small, 1)))

    with pytest.raises(OutOfStockError) as refused:
        step(order, "pending")

    assert "Oud oil (Kind 0): only 2 left." in refused.value.problems[0].message
    assert stocks_of(shop, small.item) == (6, [2, 4])
    assert {one.number: one.status for one in orders_of(shop)} == {
        order.number: "cancelled",
        other.number: "pending",
    }


def remove(shop, variant):
    """Staff take a variant off the shelf: the item keeps the sum of the others."""
    with scopes.tenant(shop.id):
        variant.delete()
        left = [one.stock for one in ItemVariant.objects.filter(item_id=variant.item_id)]
        sums = {"stock": None if None in left else sum(left)}
        if not left:
            sums = {"stock": 7, "has_variants": False}
        CatalogItem.objects.filter(id=variant.item_id).update(**sums)


def test_a_variant_that_is_gone_gets_nothing_back(shop, varied, asked, step):
    """Nor do the others, or the item: it is the sum of what is there."""
    small, large = varied(("3.000", 5), ("9.500", 4))
    order = place(shop, asked((small, 3), (large, 1)))
    remove(shop, small)

    step(order, "cancelled")
    assert stocks_of(shop, large.item) == (4, [4])
    step(order, "pending")
    assert stocks_of(shop, large.item) == (3, [3])


def test_goods_of_a_kind_that_is_gone_are_no_others(shop, varied, asked, step):
    """The item has no variants any more: what is on its shelf now is something else."""
    (only,) = varied(("3.000", 5))
    order = place(shop, asked((only, 3)))
    remove(shop, only)

    step(order, "cancelled")
    assert stocks_of(shop, only.item) == (7, [])
    step(order, "pending")
    assert stocks_of(shop, only.item) == (7, [])


def test_an_item_that_got_variants_since_stays_their_sum(shop, shelf, asked, step):
    item = shelf(stock=5)
    order = place(shop, asked((item, 3)))
    with scopes.tenant(shop.id):
        ItemVariant.objects.create(
            item=item, position=0, name_ar="صغير", name_en="Small", price=Decimal(3), stock=4
        )
        CatalogItem.objects.filter(id=item.id).update(has_variants=True, stock=4)

    step(order, "cancelled")
    assert stocks_of(shop, item) == (4, [4])
    step(order, "pending")
    assert stocks_of(shop, item) == (4, [4])


def test_what_was_agreed_outlives_the_variant(shop, varied, asked):
    small, _ = varied(("3.000", 5), ("9.500", 5))
    order = place(shop, asked((small, 1)))
    remove(shop, small)

    with scopes.tenant(shop.id):
        order = Order.objects.get(id=order.id)
        document = order_document(order, tracking_url="/there/")
    assert document["lines"][0]["variant"] == {"id": None, "name": "Kind 0"}


# Races --------------------------------------------------------------------------------------------


def buy_at_once(shop, request, buyers):
    """The numbers of the orders that were placed; None for who came too late."""
    outcomes = []
    ready = threading.Barrier(buyers)

    def buy():
        try:
            ready.wait()
            outcomes.append(place(shop, request).number)
        except OutOfStockError:
            outcomes.append(None)
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=buy) for _ in range(buyers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_the_last_of_a_variant_is_sold_once(shop, varied, asked):
    """Twelve buyers, four of the one kind; of the other there are plenty."""
    rare, plenty = varied(("3.000", 4), ("3.000", 90))

    outcomes = buy_at_once(shop, asked((rare, 1), (plenty, 2)), 12)

    assert sorted(filter(None, outcomes)) == [f"O-{number}" for number in range(1001, 1005)]
    assert outcomes.count(None) == 8
    assert stocks_of(shop, rare.item) == (82, [0, 82])


def read(rows, ids):
    """The control: rows that nobody locks."""
    return rows.filter(id__in=set(ids)).order_by("id")


@pytest.mark.parametrize("control", [False, True])
def test_who_comes_second_finds_it_gone(shop, varied, asked, monkeypatch, control):
    """The first is held while the second waits: for the lock, or in the control for nothing but the row
    that the first has changed. By then it has seen one there, and both are promised it.
    """
    if control:
        monkeypatch.setattr("capture.domain.stock._locked", read)
    first = threading.Semaphore()

    def look(*args, **kwargs):
        if first.acquire(blocking=False):
            somebody_waits()
        return quote(*args, **kwargs)

    monkeypatch.setattr("capture.domain.orders.quote", look)
    last, _ = varied(("3.000", 1), ("3.000", 9))

    outcomes = buy_at_once(shop, asked((last, 1)), 2)

    assert set(outcomes) == {"O-1001", "O-1002" if control else None}


def test_orders_and_cancellations_at_once_keep_the_sum(shop, varied, asked, step):
    small, large = varied(("3.000", 50), ("9.500", 50))
    held = [place(shop, asked((large, 1), (small, 2))) for _ in range(5)]
    cancelled = []

    def cancel():
        try:
            for order in held:
                step(order, "cancelled")
                cancelled.append(order)
        finally:
            connections.close_all()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    outcomes = buy_at_once(shop, asked((small, 1), (large, 1)), 6)
    canceller.join()

    assert (len(cancelled), outcomes.count(None)) == (5, 0)
    assert stocks_of(shop, small.item) == (88, [44, 44])
