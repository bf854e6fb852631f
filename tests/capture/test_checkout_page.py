"""The checkout: an order placed once, at the prices that the visitor saw."""

import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from capture.domain import checkouts
from capture.domain.idempotency import RequestInFlightError
from capture.models import IdempotencyRecord
from storefront.models import CatalogItem, StorefrontSettings
from tenants import scopes
from tenants.models import OutboxEvent
from tests.capture.conftest import orders_of, stock_of
from tests.capture.pages import PERSON, add, form_for, form_of, hidden, is_key, send, token_in


def change(tenant, item, **fields):
    with scopes.tenant(tenant.id):
        CatalogItem.objects.filter(id=item.id).update(**fields)


def typed_is_kept(page):
    assert 'value="Maryam"' in page.text
    assert 'value="5000 1234"' in page.text
    assert 'value="maryam@example.com"' in page.text
    return True


@pytest.fixture
def nothing_happened(shop):
    """Says that no order was written, no stock taken, nobody told."""

    def check(item, *, stock):
        with scopes.tenant(shop.id):
            assert IdempotencyRecord.objects.count() == 0
            assert OutboxEvent.objects.filter(kind__startswith="order.").count() == 0
        assert orders_of(shop) == []
        assert stock_of(shop, item) == stock
        return True

    return check


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


# Refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("customer_name", "", "Enter your name."),
        ("customer_name", " \t ", "Enter your name."),
        ("customer_name", "\u202e\u2066", "Enter your name."),
        ("customer_name", "x" * 121, "at most 120 characters"),
        ("customer_name", "a\x07b", "Remove the characters"),
        ("customer_name", "a\x00b", "Null characters are not allowed"),
        ("customer_phone", "", "Enter your phone number."),
        ("customer_phone", "1234", "Enter a phone number such as"),
        ("customer_phone", "99999999999999999999", "Enter a phone number such as"),
        ("customer_phone", "'; DROP TABLE orders", "Enter a phone number such as"),
        ("customer_phone", "5" * 5000, "at most 40 characters"),
        ("customer_email", "maryam", "Enter an e-mail address such as"),
        ("customer_email", "a@b", "Enter an e-mail address such as"),
        ("customer_email", "a@example.com\nBcc: b@example.com", "Enter an e-mail address such as"),
        ("customer_email", "x" * 300 + "@example.com", "at most 254 characters"),
        ("note", "x" * 2001, "at most 2000 characters"),
        ("note", "a\x1bb", "Remove the characters"),
    ],
)
def test_a_wrong_field_is_refused_and_the_rest_is_kept(
    shelf, visit, nothing_happened, field, value, words
):
    item = shelf(stock=5)
    add(visit, item)
    form = form_of(visit)

    page = send(visit, {**form, field: value})

    assert page.status_code == 400
    assert words in page.text
    assert re.search(r'class="error-summary"[^>]* autofocus', page.text)
    assert f'href="#id_{field}"' in page.text
    assert f'id="id_{field}_error"' in page.text
    for name, kept in PERSON.items():
        assert name == field or not kept or f'value="{kept}"' in page.text
    assert hidden(page) == {name: form[name] for name in ("key", "expected_total", "line")}
    assert settings.CART_COOKIE_NAME not in page.cookies
    assert nothing_happened(item, stock=5)


def test_every_wrong_field_is_told_at_once_in_arabic(shelf, visit):
    add(visit, shelf())

    page = send(
        visit,
        form_of(visit, customer_name="", customer_phone="1", customer_email="x"),
        language="ar",
    )

    for words in ("يُرجى تصحيح ما يلي", "يُرجى إدخال اسمك.", "يُرجى إدخال بريد إلكتروني صحيح"):
        assert words in page.text


@pytest.mark.parametrize(
    "broken",
    [
        {"key": ""},
        {"key": "x"},
        {"key": "\x00"},
        {"expected_total": ""},
        {"expected_total": "NaN"},
        {"expected_total": "1e3"},
        {"expected_total": "-1"},
        {"line": []},
        {"line": ["x"]},
        {"line": [f"{uuid4()}:1"] * 51},
        {"line": ["00000000-0000-0000-0000-00000000000z:1"]},
    ],
)
def test_a_broken_page_is_looked_at_once_more(shelf, visit, nothing_happened, broken):
    item = shelf(stock=5)
    add(visit, item)

    page = send(visit, {**form_of(visit), **broken})

    assert page.status_code == 400
    assert "Please look at your order once more" in page.text
    assert typed_is_kept(page)
    assert is_key(hidden(page)["key"])
    assert hidden(page)["line"] == [f"{item.id}:1"]
    assert nothing_happened(item, stock=5)
    token_in(send(visit, {**PERSON, **hidden(page)}))


def test_a_broken_page_without_a_cart_leads_to_the_cart(visit):
    response = send(visit, {**PERSON, "key": str(uuid4())})

    assert response.headers["Location"] == "/en/cart/"


@pytest.mark.parametrize(
    ("quantity", "status", "words"),
    [
        (0, 400, "order at least one"),
        (11, 400, "at most 10 in one order"),
        (999999, 400, "at most 10 in one order"),
        (6, 409, "only 5 left"),
    ],
)
def test_an_absurd_quantity_is_refused(shelf, visit, nothing_happened, quantity, status, words):
    item = shelf(stock=5, max_quantity=10)
    form = form_for((item, quantity), total=f"{Decimal('12.5') * quantity:.3f}")

    page = send(visit, form)

    assert page.status_code == status
    assert words in page.text
    assert typed_is_kept(page)
    assert "Order now" not in page.text
    assert nothing_happened(item, stock=5)


def test_the_same_item_on_two_lines_counts_together(shelf, visit, nothing_happened):
    item = shelf(stock=5)

    page = send(visit, form_for((item, 3), (item, 3), total="75.000"))

    assert page.status_code == 409
    assert "only 5 left" in page.text
    assert nothing_happened(item, stock=5)


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"stock": 0}, 409, "Oud oil is sold out."),
        ({"stock": 1}, 409, "Oud oil: only 1 left."),
        ({"status": "archived"}, 409, "Oud oil is no longer offered."),
        ({"price": None}, 400, "Oud oil can’t be ordered here."),
    ],
)
def test_what_changed_after_the_page_was_opened_is_told(
    shop, shelf, visit, nothing_happened, fields, status, words
):
    item = shelf(stock=5)
    add(visit, item, 2)
    form = form_of(visit)
    change(shop, item, **fields)

    page = send(visit, form)

    assert page.status_code == status
    assert words in page.text
    assert typed_is_kept(page)
    assert "Order now" not in page.text
    assert f'value="{item.id}:0"' in page.text
    assert hidden(page)["key"] == form["key"]
    assert nothing_happened(item, stock=fields.get("stock", 5))


def test_what_is_left_can_be_ordered_without_typing_again(shop, shelf, visit):
    item = shelf(stock=5)
    add(visit, item, 4)
    form = form_of(visit)
    change(shop, item, stock=3)
    send(visit, form)

    page = send(visit, {**form, "set": f"{item.id}:3"})

    assert page.status_code == 200
    assert typed_is_kept(page)
    assert "Order now · KWD\xa037.500" in page.text
    assert 'class="error-summary"' not in page.text
    token_in(send(visit, {**PERSON, **hidden(page)}))
    assert orders_of(shop)[0].total == Decimal("37.500")
    assert stock_of(shop, item) == 0


def test_a_line_can_be_left_out_without_typing_again(shop, shelf, visit):
    gone, left = shelf(), shelf(price=Decimal("3.250"))
    add(visit, gone)
    add(visit, left)
    form = form_of(visit)
    change(shop, gone, status="archived")
    send(visit, form)

    page = send(visit, {**form, "set": f"{gone.id}:0"})

    assert typed_is_kept(page)
    assert hidden(page)["line"] == [f"{left.id}:1"]
    token_in(send(visit, {**PERSON, **hidden(page)}))
    assert orders_of(shop)[0].total == Decimal("3.250")


def test_the_last_line_left_out_leads_to_the_empty_cart(shelf, visit):
    item = shelf()
    add(visit, item)

    response = send(visit, {**form_of(visit), "set": f"{item.id}:0"})

    assert response.headers["Location"] == "/en/cart/"
    assert "Your cart is empty" in visit.get("/en/cart/").text


def test_a_new_price_is_agreed_to_first(shop, shelf, visit, nothing_happened):
    item = shelf(stock=5)
    add(visit, item, 2)
    form = form_of(visit)
    change(shop, item, price=Decimal("13.000"))

    page = send(visit, form)

    assert page.status_code == 409
    assert "The price has changed" in page.text
    assert typed_is_kept(page)
    assert hidden(page)["expected_total"] == "26.000"
    assert "Order now · KWD\xa026.000" in page.text
    assert nothing_happened(item, stock=5)
    token_in(send(visit, {**PERSON, **hidden(page)}))
    assert orders_of(shop)[0].total == Decimal("26.000")


def test_a_new_price_is_told_beside_another_error(shop, shelf, visit):
    item = shelf()
    add(visit, item)
    form = form_of(visit, customer_name="")
    change(shop, item, price=Decimal("13.000"))

    page = send(visit, form)

    assert page.status_code == 400
    assert "Enter your name." in page.text
    assert "The price has changed" in page.text


@pytest.mark.parametrize("total", ["0.000", "0.001", "12.499", "999999999.999"])
def test_a_total_of_the_clients_own_is_only_compared(shelf, visit, nothing_happened, total):
    item = shelf(stock=5)

    page = send(visit, form_for((item, 1), total=total))

    assert page.status_code == 409
    assert "The price has changed" in page.text
    assert nothing_happened(item, stock=5)


def test_unknown_items_and_another_tenants_are_refused(shelf, visit, tenant_b, nothing_happened):
    mine, theirs = shelf(stock=5), shelf(tenant=tenant_b, stock=5)

    for stranger in (theirs.id, uuid4()):
        form = form_for((mine, 1), total="12.500")
        page = send(visit, {**form, "line": [*form["line"], f"{stranger}:1"]})

        assert page.status_code == 400
        assert "There is no such item here." in page.text
        assert typed_is_kept(page)
    assert nothing_happened(mine, stock=5)
    assert stock_of(tenant_b, theirs) == 5


def test_who_stopped_taking_orders_takes_none(shop, shelf, visit, nothing_happened):
    item = shelf(stock=5)
    add(visit, item)
    form = form_of(visit)
    with scopes.tenant(shop.id):
        StorefrontSettings.objects.create(id=1, accepts=[])

    page = send(visit, form)

    assert page.status_code == 409
    assert "Orders are not taken here at the moment." in page.text
    assert typed_is_kept(page)
    assert nothing_happened(item, stock=5)


def test_more_than_an_order_can_hold_is_refused(shelf, visit, nothing_happened):
    item = shelf(price=Decimal("999999999.999"), stock=5)

    page = send(visit, form_for((item, 2), total="999999999.999"))

    assert page.status_code == 400
    assert "more than one order can hold" in page.text
    assert nothing_happened(item, stock=5)


def test_a_huge_form_is_refused(shelf, visit, nothing_happened):
    item = shelf(stock=5)

    response = send(visit, form_for((item, 1), total="12.500", note="x" * 2_000_000))

    assert response.status_code == 413
    assert nothing_happened(item, stock=5)


def test_a_thousand_fields_are_refused(shelf, visit, nothing_happened):
    item = shelf(stock=5)
    form = {**form_for((item, 1), total="12.500"), **{f"f{n}": "" for n in range(1001)}}

    assert send(visit, form).status_code == 400
    assert nothing_happened(item, stock=5)


def test_a_forged_order_is_refused(shop, shelf, at, nothing_happened):
    item = shelf(stock=5)
    client = at(shop.slug, origin="http://evil.example")

    assert send(client, form_for((item, 1), total="12.500")).status_code == 403
    assert nothing_happened(item, stock=5)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_no_other_way_to_order(visit, method):
    assert getattr(visit, method)("/en/checkout/").status_code == 405


# Once ---------------------------------------------------------------------------------------------


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

    page = send(visit, {**form, **other})

    assert page.status_code == 422
    assert "already sent as an order" in page.text
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


# Limits -------------------------------------------------------------------------------------------


def test_one_address_may_send_thirty(shop, shelf, visit):
    item = shelf()
    bad = form_for((item, 1), total="12.500", customer_name="")
    for _ in range(30):
        assert send(visit, bad).status_code == 400

    response = send(visit, form_for((item, 1), total="12.500"))

    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 600
    assert "Too many requests" in response.text
    assert orders_of(shop) == []
    other = visit.post(
        "/en/checkout/", form_for((item, 1), total="12.500"), REMOTE_ADDR="192.0.2.7"
    )
    token_in(other)
