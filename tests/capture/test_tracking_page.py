"""The page where a customer follows an order."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from capture.domain.orders import change_status, place_order
from capture.models import Order
from storefront.models import CatalogItem, StorefrontSettings
from tenants import scopes
from tests.capture.conftest import NOW
from tests.storefront.dressing import FULL, dress


@pytest.fixture
def follow(visit):
    """Looks at an order's page."""
    return lambda order, language="en", query="": visit.get(
        f"/{language}/track/{order.tracking_token}/{query}"
    )


@pytest.fixture
def step(shop, actor):
    """Takes steps of an order's workflow, an hour apart."""

    def take(order, *targets, reason="No longer wanted: ask Ahmad"):
        for number, target in enumerate(targets, start=1):
            with scopes.tenant(shop.id):
                later = NOW + timedelta(hours=number)
                order = change_status(
                    order.number, to=target, version=order.version, actor=actor, now=later,
                    reason=reason,
                )  # fmt: skip
        return order

    return take


def test_an_order_is_shown_with_all_there_is(follow, placed):
    page = follow(placed(2)).text

    assert "O-1001" in page
    assert "Oud oil" in page
    assert page.count("KWD\xa025.000") == 2
    assert ">Pending</span>" in page
    assert ">Unpaid</span>" in page
    assert "23 November 2026, 15:00" in page
    assert "What happens next" in page
    assert "Thank you" not in page


def test_the_first_visit_says_thank_you(follow, placed):
    page = follow(placed(), query="?thanks=1").text

    assert "Thank you, your order has arrived" in page
    assert 'role="status"' in page


def test_the_page_speaks_arabic(follow, placed):
    page = follow(placed(), language="ar").text

    for words in ("طلب", "دهن عود", "قيد الانتظار", "23 نوفمبر 2026، 15:00", "12.500\xa0د.ك"):
        assert words in page


@pytest.mark.parametrize(
    ("steps", "current", "reached", "words"),
    [
        ((), "Placed", 1, "We look at your order"),
        (("confirmed",), "Confirmed", 2, "being prepared"),
        (("confirmed", "fulfilled"), "Fulfilled", 3, "Your order is complete"),
        (("cancelled",), "Cancelled", 2, "This order was cancelled"),
        (("confirmed", "cancelled"), "Cancelled", 2, "This order was cancelled"),
        (("cancelled", "pending"), "Placed", 1, "We look at your order"),
        (("confirmed", "fulfilled", "confirmed"), "Confirmed", 2, "being prepared"),
    ],
)
def test_the_way_is_clear(follow, placed, step, steps, current, reached, words):
    page = follow(step(placed(), *steps)).text

    assert words in page
    assert page.count('aria-current="step"') == 1
    after = page.partition('aria-current="step"')[2]
    assert f'<p class="stage-name">{current}</p>' in after.partition("</li>")[0]
    assert page.count("stage-reached") == reached
    assert page.count('<li class="row">') == len(steps) + 1


def test_staff_and_customer_stay_private(follow, placed, step, actor):
    page = follow(step(placed(), "cancelled")).text

    for private in (actor.name, "Ahmad", "Maryam", "50001234", "5000 1234"):
        assert private not in page


def test_what_was_agreed_stays(follow, placed, shop):
    order = placed()
    with scopes.tenant(shop.id):
        CatalogItem.objects.update(price=Decimal(99), name_en="Renamed")

    page = follow(order).text

    assert "KWD\xa012.500" in page
    assert "Oud oil" in page
    assert "Renamed" not in page


def test_the_shop_can_be_reached(follow, placed, shop):
    with scopes.tenant(shop.id):
        StorefrontSettings.objects.create(id=1, phone="+96522445071", email="hello@shop.example")

    page = follow(placed()).text

    assert 'href="tel:+96522445071"' in page
    assert "+965 2244 5071" in page
    assert 'href="mailto:hello@shop.example"' in page


def test_the_address_is_kept_secret(follow, placed):
    response = follow(placed())

    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in response.text
    assert "Set-Cookie" not in response.headers
    assert not response.cookies


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_four_queries(follow, shop, shelf, asked, rows):
    lines = [(shelf(), 1) for _ in range(rows)]
    with scopes.tenant(shop.id):
        order = place_order(asked(*lines), is_open=True, now=NOW)
    follow(order)

    with CaptureQueriesContext(connection) as queries:
        follow(order)

    assert len(queries) == 4


@pytest.mark.parametrize(
    "token", ["nothing", "x" * 22, "x" * 64, "x" * 65, "%00", "a'b", "..", "O-1001", "%F0%9F%98%80"]
)
def test_an_unknown_token_is_not_found(visit, placed, token):
    placed()

    response = visit.get(f"/en/track/{token}/")

    assert response.status_code == 404
    assert "Page not found" in response.text


def test_a_token_leads_nowhere_at_another_tenant(placed, tenant_b, at):
    order = placed()

    assert at(tenant_b.slug).get(f"/en/track/{order.tracking_token}/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_page_can_only_be_read(visit, placed, method):
    path = f"/en/track/{placed().tracking_token}/"

    assert getattr(visit, method)(path).status_code == 405


def test_the_page_says_how_to_pay_what_is_unpaid(follow, placed, step, shop):
    dress(shop, **FULL)
    order = placed()

    page = follow(order).text

    main = page.partition("<main")[2].partition("</main>")[0]
    assert "How to pay" in main
    assert "KW81 CBKU 0000 0000 0000 1234 5601 01" in main
    assert "Shop Trading" in main
    assert re.search(r'href="https://pay.example/shop"\s+rel="nofollow noopener"', main)
    assert "Transfer, then send the slip." in main

    assert "How to pay" not in follow(step(order, "cancelled")).text


def test_what_is_paid_needs_no_paying(follow, placed, shop):
    dress(shop, **FULL)
    order = placed()
    with scopes.tenant(shop.id):
        Order.objects.update(payment_status="paid")

    assert "How to pay" not in follow(order).text


def test_the_orders_address_is_in_no_report(follow, placed):
    order = placed()

    assert order.tracking_token not in follow(order).text.partition("<footer")[2]
