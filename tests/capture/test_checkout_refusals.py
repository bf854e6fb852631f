"""Forms that are refused for what was typed or how they came; what was typed is kept."""

import re
from uuid import uuid4

import pytest
from django.conf import settings

from tests.capture.conftest import orders_of
from tests.capture.pages import (
    PERSON,
    add,
    form_for,
    form_of,
    hidden,
    is_key,
    send,
    token_in,
    typed_is_kept,
)


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
    assert hidden(page) == {name: form[name] for name in ("key", "visit", "expected_total", "line")}
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


def test_one_address_may_send_thirty(shop, shelf, visit):
    item = shelf()
    bad = form_for((item, 1), total="12.500", customer_name="")
    for _ in range(30):
        assert send(visit, bad).status_code == 400

    form = form_for((item, 1), total="12.500")

    page = send(visit, form)

    assert page.status_code == 429
    assert 0 < int(page.headers["Retry-After"]) <= 600
    assert "Too many orders were sent from here." in page.text
    assert typed_is_kept(page)
    assert hidden(page)["key"] == form["key"]
    assert hidden(page)["line"] == form["line"]
    assert orders_of(shop) == []
    token_in(visit.post("/en/checkout/", form, REMOTE_ADDR="192.0.2.7"))
