"""One form is one order, however often it is sent and by how many."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connections

from capture.domain import checkouts
from capture.domain.idempotency import RequestInFlightError
from tests.capture.conftest import orders_of, stock_of
from tests.capture.pages import (
    PERSON,
    add,
    change,
    form_for,
    form_of,
    hidden,
    send,
    token_in,
    typed_is_kept,
)


def test_the_same_form_again_is_the_same_order(shop, shelf, visit):
    item = shelf(stock=5)
    add(visit, item)
    form = form_of(visit)

    first, second = send(visit, form), send(visit, form)

    assert token_in(first) == token_in(second)
    assert len(orders_of(shop)) == 1
    assert stock_of(shop, item) == 4


def test_a_replay_needs_no_stock_and_no_price_any_more(shop, shelf, visit):
    item = shelf(stock=1)
    add(visit, item)
    form = form_of(visit)
    first = send(visit, form)
    change(shop, item, price=Decimal(99), status="archived")

    assert token_in(send(visit, form)) == token_in(first)


@pytest.mark.parametrize(
    "other", [{"customer_name": "Noura"}, {"note": "and a card"}, {"customer_email": ""}]
)
def test_another_form_with_the_same_key_is_asked_about(shop, shelf, visit, other):
    item = shelf(stock=5)
    add(visit, item)
    form = form_of(visit)
    token = token_in(send(visit, form))
    change(shop, item, price=Decimal("13.000"))

    page = send(visit, {**form, **other})

    assert page.status_code == 422
    assert "already sent as an order" in page.text
    assert "The price has changed" in page.text
    assert f'href="/en/track/{token}/"' in page.text
    assert 'value="5000 1234"' in page.text
    assert len(orders_of(shop)) == 1
    assert hidden(page)["key"] != form["key"]
    second = send(visit, {**PERSON, **other, **hidden(page)})
    assert token_in(second) != token
    assert len(orders_of(shop)) == 2


def test_a_refused_form_may_be_sent_again_with_its_key(shop, shelf, visit):
    item = shelf(stock=0)
    form = form_for((item, 1), total="12.500")
    assert send(visit, form).status_code == 409
    change(shop, item, stock=1)

    token_in(send(visit, form))


def test_the_same_key_elsewhere_is_another_order(shop, shelf, visit, tenant_b, at):
    mine, theirs = shelf(), shelf(tenant=tenant_b)
    form = form_for((mine, 1), total="12.500")
    token_in(send(visit, form))

    token_in(send(at(tenant_b.slug), {**form, "line": [f"{theirs.id}:1"]}))

    assert len(orders_of(shop)) == len(orders_of(tenant_b)) == 1


def test_a_double_click_is_one_order(shop, shelf, at):
    item = shelf(stock=9)
    form = form_for((item, 1), total="12.500")
    together = Barrier(4)

    def click(_):
        try:
            together.wait()
            return token_in(send(at(shop.slug), form))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        tokens = set(threads.map(click, range(4)))

    assert len(tokens) == len(orders_of(shop)) == 1
    assert stock_of(shop, item) == 8


def test_the_last_one_is_sold_once(shop, shelf, at):
    item = shelf(stock=1)
    together = Barrier(4)

    def buy(_):
        try:
            together.wait()
            return send(at(shop.slug), form_for((item, 1), total="12.500")).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        statuses = sorted(threads.map(buy, range(4)))

    assert statuses == [303, 409, 409, 409]
    assert stock_of(shop, item) == 0
    assert len(orders_of(shop)) == 1


def test_a_form_that_is_on_its_way_waits_politely(monkeypatch, shelf, visit, nothing_happened):
    def busy(*args, **kwargs):
        raise RequestInFlightError

    item = shelf(stock=5)
    form = form_for((item, 1), total="12.500")
    monkeypatch.setattr(checkouts, "once", busy)
    monkeypatch.setattr(checkouts.time, "sleep", lambda _: None)

    page = send(visit, form)

    assert page.status_code == 409
    assert "it is not sent twice" in page.text
    assert typed_is_kept(page)
    assert hidden(page)["key"] == form["key"]
    assert nothing_happened(item, stock=5)
