"""The checkout: an order placed, at the prices that the visitor saw."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.capture.conftest import orders_of, stock_of
from tests.capture.pages import add, form_of, hidden, is_key, send, token_in

# The form -----------------------------------------------------------------------------------------


def test_the_form_says_what_and_how_much(shelf, visit):
    add(visit, shelf(), 2)

    page = visit.get("/en/checkout/")
    form = hidden(page)

    assert "Order now · KWD\xa025.000" in page.text
    assert is_key(form["key"])
    assert form["expected_total"] == "25.000"
    assert 'type="tel"' in page.text
    assert 'autocomplete="tel"' in page.text
    assert 'inputmode="tel"' in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in page.headers
    assert not page.cookies


def test_the_form_is_arabic_too(shelf, visit):
    add(visit, shelf(), 1)

    page = visit.get("/ar/checkout/")

    assert "اطلب الآن · 12.500\xa0د.ك" in page.text
    assert hidden(page)["expected_total"] == "12.500"


def test_each_look_has_a_key_of_its_own(shelf, visit):
    add(visit, shelf())

    assert hidden(visit.get("/en/checkout/"))["key"] != hidden(visit.get("/en/checkout/"))["key"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_form_takes_three_queries(shelf, visit, rows):
    for _ in range(rows):
        add(visit, shelf())
    visit.get("/en/checkout/")

    with CaptureQueriesContext(connection) as queries:
        visit.get("/en/checkout/")

    assert len(queries) == 3


def test_an_empty_cart_leads_back_to_the_cart(visit):
    response = visit.get("/en/checkout/")

    assert (response.status_code, response.headers["Location"]) == (303, "/en/cart/")


# An order -----------------------------------------------------------------------------------------


def test_an_order_is_placed(shop, shelf, visit):
    item = shelf(stock=10)
    add(visit, item, 2)

    response = send(visit, form_of(visit, note="Ring\r\ntwice", customer_phone="٥٠٠٠١٢٣٤"))

    token = token_in(response)
    (order,) = orders_of(shop)
    assert order.tracking_token == token
    assert (order.status, order.total) == ("pending", Decimal("25.000"))
    assert (order.customer_name, order.customer_phone) == ("Maryam", "+96550001234")
    assert (order.customer_email, order.note) == ("maryam@example.com", "Ring\ntwice")
    assert order.language == "en"
    assert stock_of(shop, item) == 8
    assert visit.cookies[settings.CART_COOKIE_NAME].value == ""
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Thank you" in visit.get(response.headers["Location"]).text


def test_an_order_keeps_the_language_it_was_placed_in(shop, shelf, visit):
    add(visit, shelf())

    response = send(visit, form_of(visit), language="ar")

    assert response.headers["Location"].startswith("/ar/track/")
    assert orders_of(shop)[0].language == "ar"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("50001234", "+96550001234"),
        (" 5000-1234 ", "+96550001234"),
        ("+965 5000 1234", "+96550001234"),
        ("0096550001234", "+96550001234"),
        ("٩٦٥٥٠٠٠١٢٣٤+", "+96550001234"),
        ("+966 50 123 4567", "+966501234567"),
        ("۵۰۰۰۱۲۳۴", "+96550001234"),
    ],
)
def test_phones_are_taken_as_people_write_them(shop, shelf, visit, typed, stored):
    add(visit, shelf())

    token_in(send(visit, form_of(visit, customer_phone=typed)))

    assert [order.customer_phone for order in orders_of(shop)] == [stored]


def test_what_is_put_into_the_cart_meanwhile_stays(shop, shelf, visit):
    one, two = shelf(), shelf()
    add(visit, one)
    form = form_of(visit)
    add(visit, two)

    token_in(send(visit, form))

    assert orders_of(shop)[0].total == Decimal("12.500")
    page = visit.get("/en/cart/").text
    assert f"q-{two.id}" in page
    assert f"q-{one.id}" not in page


def test_what_the_client_says_of_price_status_and_tenant_is_not_read(shop, shelf, visit, tenant_b):
    item = shelf(stock=10)
    add(visit, item)
    forged = {
        "price": "0.001", "unit_price": "0.001", "total": "0.001", "delivery_fee": "-5",
        "status": "fulfilled", "payment_status": "paid", "number": "O-1", "tenant": str(tenant_b.id),
        "tenant_id": str(tenant_b.id), "is_open": "1", "tracking_token": "mine", "language": "fr",
        "version": "9", "id": str(uuid4()), "currency": "USD",
    }  # fmt: skip

    token_in(send(visit, {**form_of(visit), **forged}))

    (order,) = orders_of(shop)
    assert (order.status, order.payment_status) == ("pending", "unpaid")
    assert (order.total, order.currency, order.version) == (Decimal("12.500"), "KWD", 1)
    assert (order.number, order.language) == ("O-1001", "en")
    assert order.tracking_token != "mine"
    assert orders_of(tenant_b) == []


def test_markup_is_text(shop, shelf, visit):
    item = shelf(name_en="<img src=x onerror=alert(1)>")
    add(visit, item)
    typed = {"customer_name": "<script>alert(1)</script>", "note": "</textarea><script>"}

    again = send(visit, form_of(visit, customer_phone="", **typed))
    response = send(visit, form_of(visit, **typed))
    page = visit.get(f"/en/track/{token_in(response)}/")

    for text in (again.text, page.text):
        assert "<script>" not in text
        assert "<img src=x" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in again.text
    assert orders_of(shop)[0].customer_name == "<script>alert(1)</script>"
