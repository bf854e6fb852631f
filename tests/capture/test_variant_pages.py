"""Variants on the way from the item's page over cart and checkout to the order, and in the API."""

import re
from base64 import urlsafe_b64encode
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.signing import TimestampSigner
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from capture.domain.carts import Cart
from capture.domain.quotes import Choice
from storefront.models import ItemVariant
from tenants import scopes
from tests.capture.conftest import orders_of, stocks_of
from tests.capture.pages import add, change, form_of, hidden, send, token_in
from tests.capture.test_public_api import problem

NAME = settings.CART_COOKIE_NAME


def choose(client, variant, quantity=1, **sent):
    """Put some of a variant into the visitor's cart."""
    return add(client, variant.item, quantity, variant=str(variant.id), **sent)


def lines_of(client, tenant):
    """What the visitor's cookie holds: quantities by item and variant."""
    with scopes.tenant(tenant.id):
        morsel = client.cookies.get(NAME)
        lines = Cart.read(morsel.value if morsel else "").lines
    return {line.choice: line.quantity for line in lines}


def chosen(variant):
    return Choice(variant.item_id, variant.id)


def change_variant(shop, variant, **fields):
    """Change a variant behind the visitor's back."""
    with scopes.tenant(shop.id):
        ItemVariant.objects.filter(id=variant.id).update(**fields)


# The item's page ----------------------------------------------------------------------------------


RADIO = re.compile(r'<input type="radio"[^>]*>')


def test_every_kind_is_there_to_choose(varied, visit):
    small, large, gone, asked = varied(
        ("3.000", None), ("9.500", 2), ("4.000", 0), (None, 5), slug="oud"
    )

    page = visit.get("/en/items/oud/")
    radios = RADIO.findall(page.text)

    assert [
        str(one.id) in radio for one, radio in zip((small, large, gone, asked), radios, strict=True)
    ]
    assert ["disabled" in radio for radio in radios] == [False, False, True, True]
    assert not any("checked" in radio for radio in radios)
    words = page.text.split('class="variants')[1].split("</fieldset>")[0]
    assert [
        word in words for word in ("KWD\xa09.500", "Price on request", "Sold out", "Only 2 left")
    ] == [True] * 4
    head = page.text.split('<p class="price">')[1].split("</p>")[0]
    assert ">from<" in head
    assert "KWD\xa03.000" in head
    assert "js/chooser" in page.text


@pytest.mark.parametrize("kinds", [1, 3])
def test_the_page_takes_one_query_more(varied, visit, kinds):
    varied(*[("3.000", 5)] * kinds, slug="oud")
    visit.get("/en/items/oud/")

    with CaptureQueriesContext(connection) as queries:
        page = visit.get("/en/items/oud/")

    assert len(queries) == 4
    assert ">from<" not in page.text


@pytest.mark.parametrize("kinds", [[("3.000", 0), ("4.000", 0)], [("3.000", 0), (None, None)]])
def test_where_none_can_be_had_there_is_nothing_to_press(varied, visit, kinds):
    varied(*kinds, slug="oud")

    page = visit.get("/en/items/oud/")

    assert "Add to cart" not in page.text
    assert "It is sold out for now." in page.text


def test_cards_say_from_where_prices_differ(varied, shelf, visit):
    varied(("3.000", 5), ("9.500", 5), slug="two-prices")
    varied(("4.000", 5), ("4.000", 5), slug="one-price")
    shelf(slug="plain")

    cards = visit.get("/en/items/").text.split('class="item-card-name"')[1:]

    assert {card.split("/items/")[1].split("/")[0] for card in cards if ">from<" in card} == {
        "two-prices"
    }


# The cart -----------------------------------------------------------------------------------------


def test_two_kinds_of_an_item_are_two_lines(shop, varied, visit):
    small, large = varied(("3.000", 5), ("9.500", 5))

    choose(visit, small)
    choose(visit, large, 2)
    choose(visit, small, 2)
    page = visit.get("/en/cart/")

    assert lines_of(visit, shop) == {chosen(small): 3, chosen(large): 2}
    assert page.text.count(">Kind 0<") == page.text.count(">Kind 1<") == 1
    assert "Quantity of Oud oil (Kind 1)" in page.text
    assert "KWD\xa028.000" in page.text


@pytest.mark.parametrize("kinds", [1, 3])
def test_a_cart_of_variants_takes_four_queries(varied, visit, kinds):
    for variant in varied(*[("3.000", 5)] * kinds):
        choose(visit, variant)

    with CaptureQueriesContext(connection) as queries:
        visit.get("/en/cart/")

    assert len(queries) == 4


def test_a_cookie_of_before_there_were_variants_is_read(shop, shelf, visit):
    item = shelf()
    with scopes.tenant(shop.id):
        # An item's id and a quantity of 7, packed and signed as they were then.
        packed = item.id.bytes + b"\x00\x07"
        salt = f"cart:{shop.id}"
        text = TimestampSigner(salt=salt).sign(urlsafe_b64encode(packed).decode())
    visit.cookies[NAME] = text

    assert lines_of(visit, shop) == {Choice(item.id): 7}
    add(visit, item)
    assert lines_of(visit, shop) == {Choice(item.id): 8}


def test_a_full_cart_of_variants_fits_into_its_cookie(shop, varied, visit):
    variants = varied(*[("3.000", None)] * 51)
    for variant in variants[:50]:
        assert choose(visit, variant, 999).status_code == 303

    assert choose(visit, variants[50]).status_code == 400
    assert len(visit.cookies[NAME].value) < 2500


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("", "Choose which one you want."),
        ("x", "Choose which one you want."),
        ("00000000-0000-0000-0000-000000000001", "Choose which one you want."),
        ("sold out", "Kind 1 is sold out."),
        ("on request", "Kind 2 can’t be ordered here."),
    ],
)  # fmt: skip
def test_what_can_not_be_chosen_is_told_at_the_choice(shop, varied, visit, sent, words):
    _, gone, on_request = kinds = varied(("3.000", 5), ("4.000", 0), (None, 5))
    sent = {"sold out": str(gone.id), "on request": str(on_request.id)}.get(sent, sent)

    page = add(visit, kinds[0].item, 3, variant=sent)

    assert page.status_code == 400
    assert words in page.text
    assert 'href="#id_variant"' in page.text
    assert 'value="3"' in page.text
    assert lines_of(visit, shop) == {}


def test_another_mistake_keeps_the_choice(varied, visit):
    _, large = varied(("3.000", 5), ("9.500", 5))

    page = choose(visit, large, "0")

    assert page.status_code == 400
    [radio] = [radio for radio in RADIO.findall(page.text) if "checked" in radio]
    assert str(large.id) in radio


def test_what_is_not_shown_yet_can_not_be_added(shelf, visit):
    item = shelf(publish_at=timezone.now() + timedelta(minutes=1))

    assert add(visit, item).status_code == 404


def test_quantities_of_kinds_are_changed_by_themselves(shop, varied, visit):
    small, large = varied(("3.000", 5), ("9.500", 5))
    choose(visit, small)
    choose(visit, large)

    visit.post("/en/cart/", {f"q-{chosen(small).text}": "4", f"q-{chosen(large).text}": "1"})
    assert lines_of(visit, shop) == {chosen(small): 4, chosen(large): 1}
    visit.post("/en/cart/", {"set": f"{chosen(small).text}:0"})
    assert lines_of(visit, shop) == {chosen(large): 1}


def test_what_fits_counts_the_other_kinds(shop, varied, visit):
    small, large = varied(("3.000", 9), ("9.500", 9), max_quantity=10)
    choose(visit, small, 7)
    choose(visit, large, 5)

    page = visit.get("/en/cart/")

    assert "Oud oil: at most 10 in one order." in page.text
    assert f'value="{chosen(large).text}:3"' in page.text


def test_too_few_of_a_kind_can_be_mended(shop, varied, visit):
    small, _ = varied(("3.000", 9), ("9.500", 9))
    choose(visit, small, 7)
    change_variant(shop, small, stock=2)

    page = visit.get("/en/cart/")

    assert "Oud oil (Kind 0): only 2 left." in page.text
    assert f'value="{chosen(small).text}:2"' in page.text


def test_a_kind_that_is_gone_is_chosen_again(shop, varied, visit):
    small, _ = varied(("3.000", 9), ("9.500", 9), slug="oud")
    choose(visit, small)
    with scopes.tenant(shop.id):
        ItemVariant.objects.filter(id=small.id).delete()

    page = visit.get("/en/cart/")

    assert "what you chose is no longer there" in page.text
    assert "Choose again" in page.text
    assert page.text.count('href="/en/items/oud/"') == 2


def test_an_item_that_got_kinds_since_asks_for_one(shop, shelf, visit):
    item = shelf()
    add(visit, item)
    change(shop, item, has_variants=True)

    page = visit.get("/en/cart/")

    assert "Oud oil: choose which one you want." in page.text
    assert "Choose again" in page.text


def test_an_item_that_lost_its_kinds_says_so(shop, varied, visit):
    (only,) = varied(("3.000", 9))
    choose(visit, only)
    change(shop, only.item, has_variants=False)

    assert "comes in one kind only" in visit.get("/en/cart/").text


# Checkout and afterwards --------------------------------------------------------------------------


def test_the_checkout_orders_the_variant(shop, varied, visit, at):
    small, large = varied(("3.000", 9), ("9.500", 9))
    choose(visit, large, 2)
    choose(visit, small)

    page = visit.get("/en/checkout/")
    assert hidden(page)["line"] == [f"{chosen(large).text}:2", f"{chosen(small).text}:1"]
    assert ">Kind 1<" in page.text
    tracking = visit.get(f"/ar/track/{token_in(send(visit, form_of(visit)))}/")

    assert stocks_of(shop, small.item) == (15, [8, 7])
    assert lines_of(visit, shop) == {}
    assert "خيار 1" in tracking.text
    assert orders_of(shop)[0].total == 22


def test_only_what_was_ordered_leaves_the_cart(shop, varied, visit):
    small, large = varied(("3.000", 9), ("9.500", 9))
    choose(visit, large)
    form = form_of(visit)
    choose(visit, small)

    send(visit, form)

    assert lines_of(visit, shop) == {chosen(small): 1}


def test_a_kind_sold_out_meanwhile_is_told_and_taken_out_in_place(shop, varied, visit):
    small, large = varied(("3.000", 9), ("9.500", 9))
    choose(visit, large)
    choose(visit, small)
    form = form_of(visit)
    change_variant(shop, large, stock=0)

    refused = send(visit, form)
    assert refused.status_code == 409
    assert "Oud oil (Kind 1) is sold out." in refused.text
    assert f'value="{chosen(large).text}:0"' in refused.text
    again = send(visit, {**form, "set": f"{chosen(large).text}:0"})

    assert hidden(again)["line"] == [f"{chosen(small).text}:1"]
    assert orders_of(shop) == []


@pytest.mark.parametrize(
    "line", ["{item}.:1", "{item}.x:1", "{item}.{item}.{item}:1", "{item}.\u0663:1"]
)
def test_a_line_of_no_page_of_ours_is_refused(shop, shelf, visit, line):
    item = shelf()
    add(visit, item)

    page = send(visit, form_of(visit, line=[line.format(item=item.id)]))

    assert page.status_code == 400
    assert orders_of(shop) == []


# The API ------------------------------------------------------------------------------------------


@pytest.fixture
def post(shop, at):
    """Posts an order of lines to the shop."""

    def send_lines(*lines, language="en"):
        body = {"customer_name": "Maryam", "customer_phone": "5000 1234", "lines": list(lines)}
        headers = {"Idempotency-Key": str(uuid4()), "Accept-Language": language}
        client = at(shop.slug)
        return client.post(
            "/api/v1/orders/", body, content_type="application/json", headers=headers
        )

    return send_lines


def line(variant, quantity=1, /, **fields):
    return {
        "item": str(variant.item_id), "variant": str(variant.id), "quantity": quantity, **fields,
    }  # fmt: skip


def test_the_api_tells_an_items_kinds(shop, varied, at):
    small, large, gone = varied(("3.000", 5), (None, None), ("4.000", 0), slug="oud")

    item = at(shop.slug).get("/api/v1/items/oud/", headers={"Accept-Language": "en"}).json()

    assert item["variants"] == [
        {"id": str(small.id), "name": "Kind 0", "price": "3.000", "available": True},
        {"id": str(large.id), "name": "Kind 1", "price": None, "available": True},
        {"id": str(gone.id), "name": "Kind 2", "price": "4.000", "available": False},
    ]


@pytest.mark.parametrize("kinds", [1, 3])
def test_an_item_of_kinds_takes_one_query_more(shop, varied, shelf, at, kinds):
    varied(*[("3.000", 5)] * kinds, slug="oud")
    shelf(slug="plain")
    counts = []
    for slug in ("plain", "oud"):
        at(shop.slug).get(f"/api/v1/items/{slug}/")
        with CaptureQueriesContext(connection) as queries:
            at(shop.slug).get(f"/api/v1/items/{slug}/")
        counts.append(len(queries))

    assert counts == [2, 3]


def test_the_api_orders_a_variant(shop, varied, post, at):
    small, _ = varied(("3.000", 5), ("9.500", 5))

    answer = post(line(small, 2)).json()
    tracked = at(shop.slug).get(
        f"/api/v1/track/{answer['tracking_token']}/", headers={"Accept-Language": "ar"}
    )

    assert answer["lines"] == [
        {
            "item": str(small.item_id),
            "name": "Oud oil",
            "variant": {"id": str(small.id), "name": "Kind 0"},
            "unit_price": "3.000",
            "quantity": 2,
            "total": "6.000",
        }
    ]
    assert tracked.json()["lines"][0]["variant"] == {"id": str(small.id), "name": "خيار 0"}
    assert stocks_of(shop, small.item) == (8, [3, 5])


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("case", ["missing", "null", "unknown", "another's", "of a plain item"])
def test_a_wrong_variant_is_told_at_the_lines(shop, varied, shelf, post, case, language):
    (mine,), (other,), plain = varied(("3.000", 5)), varied(("3.000", 5)), shelf(stock=5)
    lines = {
        "missing": {"item": str(mine.item_id), "quantity": 1},
        "null": line(mine, variant=None),
        "unknown": line(mine, variant=str(uuid4())),
        "another's": line(mine, variant=str(other.id)),
        "of a plain item": line(mine, item=str(plain.id)),
    }

    document = problem(post(lines[case], language=language), 400, "invalid")

    assert list(document["errors"]) == ["lines"]
    [text] = document["errors"]["lines"]
    assert bool(re.search("[\u0600-\u06ff]{3}", text.replace("دهن عود", ""))) == (language == "ar")
    assert orders_of(shop) == []
    assert stocks_of(shop, mine.item) == (5, [5])


def test_a_plain_item_is_ordered_with_a_null_variant(shop, shelf, post):
    item = shelf(stock=5)

    answer = post({"item": str(item.id), "variant": None, "quantity": 1})

    assert (answer.status_code, answer.json()["lines"][0]["variant"]) == (201, None)


def test_a_kind_that_is_sold_out_is_said_so(shop, varied, post):
    gone, _ = varied(("3.000", 0), ("9.500", 5))

    document = problem(post(line(gone)), 409, "out_of_stock")

    assert document["errors"]["lines"] == ["Oud oil (Kind 0) is sold out."]


def test_what_is_not_shown_yet_is_unavailable(shop, shelf, post):
    item = shelf(publish_at=timezone.now() + timedelta(minutes=1))

    problem(post({"item": str(item.id), "quantity": 1}), 409, "item_unavailable")
