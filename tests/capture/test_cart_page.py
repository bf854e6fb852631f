"""The cart: kept in a signed cookie, priced anew at every look."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.signing import TimestampSigner
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from capture.domain.carts import Cart
from storefront.models import CatalogItem, StorefrontSettings
from tenants import scopes
from tests.capture.conftest import orders_of, stock_of
from tests.capture.pages import add

NAME = settings.CART_COOKIE_NAME


def lines_of(client, tenant):
    """What the visitor's cookie holds: quantities by item."""
    with scopes.tenant(tenant.id):
        morsel = client.cookies.get(NAME)
        lines = Cart.read(morsel.value if morsel else "").lines
    return {line.item_id: line.quantity for line in lines}


def change(tenant, item, **fields):
    with scopes.tenant(tenant.id):
        CatalogItem.objects.filter(id=item.id).update(**fields)


def test_what_is_added_is_in_the_cart(shop, shelf, visit):
    item = shelf(slug="oud")

    response = add(visit, item, 2)
    page = visit.get("/en/cart/")

    assert (response.status_code, response.headers["Location"]) == (303, "/en/cart/")
    assert 'href="/en/items/oud/"' in page.text
    assert "KWD\xa025.000" in page.text
    assert lines_of(visit, shop) == {item.id: 2}


def test_the_cookie_is_the_hosts_own(shelf, visit):
    add(visit, shelf())

    cookie = visit.cookies[NAME]

    assert NAME == "cart"
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")
    assert not cookie["secure"]
    assert int(cookie["max-age"]) > 0


@override_settings(CART_COOKIE_NAME="__Host-cart", CART_COOKIE_SECURE=True)
def test_over_https_the_cookie_is_bound_to_the_host(shelf, visit):
    cookie = add(visit, shelf()).cookies["__Host-cart"]

    assert cookie["secure"]
    assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_looking_sets_no_cookie(shelf, visit):
    add(visit, shelf())

    response = visit.get("/en/cart/")

    assert "Set-Cookie" not in response.headers
    assert not response.cookies
    assert response.headers["Cache-Control"] == "private, no-store"
    assert 'content="noindex"' in response.text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_cart_takes_three_queries(shelf, visit, rows):
    for _ in range(rows):
        add(visit, shelf())
    visit.get("/en/cart/")

    with CaptureQueriesContext(connection) as queries:
        visit.get("/en/cart/")

    assert len(queries) == 3


def test_an_empty_cart_says_where_to_go(visit):
    page = visit.get("/en/cart/")

    assert "Your cart is empty" in page.text
    assert 'href="/en/items/"' in page.text


def test_more_of_the_same_is_one_line(shop, shelf, visit):
    item = shelf()

    add(visit, item, 2)
    add(visit, item, 3)

    assert lines_of(visit, shop) == {item.id: 5}


def test_adding_can_go_straight_to_the_checkout(shelf, visit):
    response = add(visit, shelf(), then="checkout")

    assert response.headers["Location"] == "/en/checkout/"
    assert visit.get("/en/checkout/").status_code == 200


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "cart", "", "x" * 999])
def test_adding_leads_nowhere_else(shelf, visit, then):
    assert add(visit, shelf(), then=then).headers["Location"] == "/en/cart/"


@pytest.mark.parametrize(
    "quantity", ["0", "-1", "1.5", "", "x", "1e3", "999999999999", "11", "9" * 5000, "NaN", "\x00"]
)
def test_an_absurd_quantity_is_refused_at_the_field(shop, shelf, visit, quantity):
    item = shelf(max_quantity=10)

    response = add(visit, item, quantity)

    assert response.status_code == 400
    assert "Enter a number from 1 to 10." in response.text
    assert 'class="error-summary"' in response.text
    assert 'aria-invalid="true"' in response.text
    assert lines_of(visit, shop) == {}


def test_arabic_digits_are_digits(shop, shelf, visit):
    item = shelf()

    add(visit, item, "٣")

    assert lines_of(visit, shop) == {item.id: 3}


@pytest.mark.parametrize("item_id", ["", "x", "00000000-0000-0000-0000-000000000000", "\x00"])
def test_what_there_is_not_can_not_be_added(visit, item_id):
    response = visit.post("/en/cart/lines/", {"item": item_id, "quantity": 1})

    assert response.status_code == 404
    assert not response.cookies


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_what_is_not_published_can_not_be_added(shelf, visit, status):
    assert add(visit, shelf(status=status)).status_code == 404


def test_another_tenants_item_can_not_be_added(shelf, visit, tenant_b):
    assert add(visit, shelf(tenant=tenant_b)).status_code == 404


@pytest.mark.parametrize("fields", [{"price": None}, {"kind": "project", "goal": Decimal(9)}])
def test_what_can_not_be_ordered_leads_to_its_page(shelf, visit, fields):
    response = add(visit, shelf(slug="this", **fields))

    assert (response.status_code, response.headers["Location"]) == (303, "/en/items/this/")
    assert not response.cookies


def test_who_takes_no_orders_has_nothing_to_put_into_a_cart(shop, shelf, visit):
    item = shelf(slug="this")
    add(visit, item)
    with scopes.tenant(shop.id):
        StorefrontSettings.objects.create(id=1, accepts=["donations"])

    assert add(visit, item).headers["Location"] == "/en/items/this/"
    assert "Orders are not taken here" in visit.get("/en/cart/").text
    assert visit.get("/en/checkout/").headers["Location"] == "/en/cart/"


def test_a_cart_holds_fifty_lines_and_no_more(shop, shelf, visit):
    items = [shelf() for _ in range(51)]
    for item in items[:50]:
        assert add(visit, item, 999).status_code == 303

    response = add(visit, items[50])

    assert response.status_code == 400
    assert "Your cart is full" in response.text
    assert len(lines_of(visit, shop)) == 50
    assert len(visit.cookies[NAME].value) < 2000
    assert add(visit, items[0]).status_code == 303


def test_quantities_are_changed_together(shop, shelf, visit):
    one, two, three = shelf(), shelf(), shelf()
    for item in (one, two, three):
        add(visit, item)

    sent = {f"q-{one.id}": "4", f"q-{two.id}": "0", f"q-{three.id}": "1"}
    response = visit.post("/en/cart/", {**sent, f"q-{uuid4()}": "7"})

    assert response.headers["Location"] == "/en/cart/"
    assert lines_of(visit, shop) == {one.id: 4, three.id: 1}


def test_quantities_are_kept_on_the_way_to_the_checkout(shop, shelf, visit):
    item = shelf()
    add(visit, item)

    response = visit.post("/en/cart/", {f"q-{item.id}": "2", "then": "checkout"})

    assert response.headers["Location"] == "/en/checkout/"
    assert lines_of(visit, shop) == {item.id: 2}


@pytest.mark.parametrize("quantity", ["-1", "1.5", "x", "1000", "", "9" * 5000])
def test_a_wrong_quantity_changes_nothing_and_is_kept_as_typed(shop, shelf, visit, quantity):
    one, two = shelf(), shelf()
    add(visit, one)
    add(visit, two)

    response = visit.post("/en/cart/", {f"q-{one.id}": quantity, f"q-{two.id}": "5"})

    assert response.status_code == 400
    assert "Enter a number from 0 to 999." in response.text
    assert 'value="5"' in response.text
    assert f'href="#q-{one.id}"' in response.text
    assert lines_of(visit, shop) == {one.id: 1, two.id: 1}


def test_a_line_is_taken_out(shop, shelf, visit):
    one, two = shelf(), shelf()
    add(visit, one)
    add(visit, two)

    visit.post("/en/cart/", {"set": f"{one.id}:0"})

    assert lines_of(visit, shop) == {two.id: 1}
    visit.post("/en/cart/", {"set": f"{two.id}:0"})
    assert visit.cookies[NAME].value == ""
    assert visit.cookies[NAME]["max-age"] == 0


@pytest.mark.parametrize(
    "wanted", ["", "x", "x:1", f"{UUID(int=1)}:3", f"{UUID(int=1)}:99999999", ":"]
)
def test_nonsense_changes_no_line(shop, shelf, visit, wanted):
    item = shelf()
    add(visit, item)

    assert visit.post("/en/cart/", {"set": wanted}).status_code == 303
    assert lines_of(visit, shop) == {item.id: 1}


@pytest.mark.parametrize(
    ("fields", "words", "fitting"),
    [
        ({"stock": 0}, "Oud oil is sold out.", 0),
        ({"stock": 3}, "Oud oil: only 3 left.", 3),
        ({"max_quantity": 2}, "Oud oil: at most 2 in one order.", 2),
        ({"status": "archived"}, "Oud oil is no longer offered.", 0),
        ({"price": None}, "Oud oil can’t be ordered here.", 0),
    ],
)
def test_what_changed_meanwhile_is_said_at_the_line(shop, shelf, visit, fields, words, fitting):
    item = shelf()
    add(visit, item, 5)
    change(shop, item, **fields)

    page = visit.get("/en/cart/").text

    assert words in page
    assert "Go to checkout" not in page
    assert (f'value="{item.id}:{fitting}"' in page and "Take" in page) is bool(fitting)
    assert visit.get("/en/checkout/").headers["Location"] == "/en/cart/"


def test_what_is_left_can_be_taken_in_one_tap(shop, shelf, visit):
    item = shelf(stock=3)
    add(visit, item, 5)

    visit.post("/en/cart/", {"set": f"{item.id}:3"})

    assert lines_of(visit, shop) == {item.id: 3}
    assert "Go to checkout" in visit.get("/en/cart/").text


def test_what_was_deleted_can_be_taken_out(shop, shelf, visit):
    item = shelf()
    add(visit, item)
    with scopes.tenant(shop.id):
        CatalogItem.objects.get(id=item.id).delete()

    page = visit.get("/en/cart/")

    assert "Something that is no longer here" in page.text
    visit.post("/en/cart/", {"set": f"{item.id}:0"})
    assert lines_of(visit, shop) == {}


def test_a_new_price_is_shown(shop, shelf, visit):
    item = shelf()
    add(visit, item, 2)
    change(shop, item, price=Decimal("13.000"))

    assert "KWD\xa026.000" in visit.get("/en/cart/").text


@pytest.mark.parametrize("text", ["", "x", "a:b:c", "\x00", "x" * 9000, "AAAA:1:aaaa", '"{}"'])
def test_a_cookie_that_is_not_ours_is_an_empty_cart(visit, text):
    visit.cookies[NAME] = text

    response = visit.get("/en/cart/")

    assert response.status_code == 200
    assert "Your cart is empty" in response.text


def test_a_changed_cookie_is_an_empty_cart(shop, shelf, visit):
    add(visit, shelf())
    text = visit.cookies[NAME].value
    visit.cookies[NAME] = ("B" if text[0] == "A" else "A") + text[1:]

    assert "Your cart is empty" in visit.get("/en/cart/").text


def test_another_tenants_cart_is_an_empty_one(shop, shelf, visit, tenant_b, at):
    add(visit, shelf())
    other = at(tenant_b.slug)
    other.cookies[NAME] = visit.cookies[NAME].value

    assert "Your cart is empty" in other.get("/en/cart/").text


def test_signed_nonsense_is_an_empty_cart(shop, visit):
    for text in ("AAAA", "====", "é"):
        with scopes.tenant(shop.id):
            signed = TimestampSigner(salt=f"cart:{shop.id}").sign(text)
        visit.cookies[NAME] = signed
        assert "Your cart is empty" in visit.get("/en/cart/").text


def test_names_are_text_and_nothing_else(shelf, visit):
    item = shelf(name_en="<script>alert(1)</script>")
    add(visit, item)

    page = visit.get("/en/cart/").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_no_other_way_to_change_it(visit, method):
    assert getattr(visit, method)("/en/cart/").status_code == 405
    assert getattr(visit, method)("/en/cart/lines/").status_code == 405
    assert visit.get("/en/cart/lines/").status_code == 405


def test_a_body_too_large_is_refused(visit):
    response = visit.post("/en/cart/lines/", {"item": "x" * 2_000_000})

    assert response.status_code == 413


def test_a_cart_takes_nothing_off_the_shelf(shop, shelf, visit):
    item = shelf(stock=3)

    add(visit, item, 3)
    visit.get("/en/cart/")

    assert stock_of(shop, item) == 3
    assert orders_of(shop) == []
