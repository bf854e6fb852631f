"""What changed between the look at the checkout and the order is told, and can be mended in place."""

from decimal import Decimal
from uuid import uuid4

import pytest

from storefront.models import StorefrontSettings
from tenants import scopes
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


def test_looking_again_orders_nothing_even_if_it_could(shop, shelf, visit):
    """What Enter does where something is wrong: the page showed nothing to order."""
    item = shelf(stock=0)
    form = form_for((item, 1), total="12.500")
    assert '<button class="visually-hidden"' in send(visit, form).text
    change(shop, item, stock=1, price=Decimal("13.000"))

    page = send(visit, {**form, "set": ""})

    assert page.status_code == 200
    assert typed_is_kept(page)
    assert hidden(page)["line"] == [f"{item.id}:1"]
    assert hidden(page)["key"] == form["key"]
    assert "Order now · KWD\xa013.000" in page.text
    assert '<button class="visually-hidden"' not in page.text
    assert orders_of(shop) == []


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
