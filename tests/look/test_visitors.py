"""What visitors meet on the way to an order, in Arabic to the last word."""

from uuid import uuid4

import pytest

from capture.enums import OrderStatus
from capture.models import Order
from storefront.models import CatalogItem
from tenants import scopes
from tests.look.test_arabic_pages import latin_words

SHELF = {
    "sold-out": {"price": "4.500", "stock": 0},
    "last": {"price": "4.500", "stock": 1},
    "few": {"price": "4.500", "stock": 4},
    "bounded": {"price": "4.500", "max_quantity": 3},
    "asked": {"price": None},
    "service": {"price": "4.500", "kind": "service"},
    "project": {"price": None, "kind": "project", "goal": "900.000"},
}


@pytest.fixture
def visit(tenant_a, at):
    """A visitor of a shop with one of everything."""
    with scopes.tenant(tenant_a.id):
        for position, (slug, fields) in enumerate(SHELF.items()):
            CatalogItem.objects.create(
                slug=slug, name_ar="دهن عود", name_en="Oud oil", description_ar="معتق",
                description_en="Aged", status="published", position=position,
                **{"kind": "product", **fields},
            )  # fmt: skip
    return at(tenant_a.slug)


@pytest.fixture
def item(tenant_a, visit):
    """An item that can be ordered."""
    with scopes.tenant(tenant_a.id):
        return CatalogItem.objects.get(slug="bounded")


def form(*lines, total="4.500", **typed):
    return {
        "customer_name": "مريم", "customer_phone": "50001234", "key": str(uuid4()),
        "expected_total": total, "line": lines, **typed,
    }  # fmt: skip


@pytest.mark.parametrize(
    "path", ["", "items/", "items/?search=ظظظ", *(f"items/{s}/" for s in SHELF)]
)
def test_what_is_offered_is_arabic(visit, path):
    response = visit.get(f"/ar/{path}")

    assert response.status_code == 200
    assert latin_words(response.text) == set()


def test_the_cart_is_arabic(visit, tenant_a, item):
    assert latin_words(visit.get("/ar/cart/").text) == set()
    visit.post("/ar/cart/lines/", {"item": item.id, "quantity": 2})
    assert latin_words(visit.get("/ar/cart/").text) == set()
    wrong = visit.post("/ar/cart/", {f"q-{item.id}": "x"})
    assert latin_words(wrong.text) == set()
    with scopes.tenant(tenant_a.id):
        CatalogItem.objects.update(stock=1)
    assert latin_words(visit.get("/ar/cart/").text) == set()


@pytest.mark.parametrize("quantity", ["0", "4", ""])
def test_a_wrong_quantity_is_told_in_arabic(visit, item, quantity):
    response = visit.post("/ar/cart/lines/", {"item": item.id, "quantity": quantity})

    assert response.status_code == 400
    assert latin_words(response.text) == set()


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"customer_name": "", "customer_phone": "", "customer_email": "@"}, 400),
        ({"customer_name": "م" * 121, "customer_phone": "5", "note": "م" * 2001}, 400),
        ({"customer_name": "م\x00", "note": "م\x07"}, 400),
        ({"key": ""}, 400),
        ({"expected_total": "1.000"}, 409),
    ],
)
def test_the_checkout_is_arabic(visit, item, typed, status):
    response = visit.post("/ar/checkout/", {**form(f"{item.id}:1"), **typed})

    assert response.status_code == status
    assert latin_words(response.text) == set()


@pytest.mark.parametrize(
    "fields", [{"stock": 0}, {"stock": 1}, {"status": "draft"}, {"price": None}]
)
def test_what_changed_is_told_in_arabic(visit, tenant_a, item, fields):
    with scopes.tenant(tenant_a.id):
        CatalogItem.objects.filter(id=item.id).update(**fields)

    response = visit.post("/ar/checkout/", form(f"{item.id}:2", total="9.000"))

    assert response.status_code in {400, 409}
    assert latin_words(response.text) == set()


def test_a_form_that_was_sent_before_is_told_in_arabic(visit, item):
    visit.post("/ar/cart/lines/", {"item": item.id, "quantity": 1, "then": "checkout"})
    assert latin_words(visit.get("/ar/checkout/").text) == set()
    sent = form(f"{item.id}:1")
    visit.post("/ar/checkout/", sent)

    response = visit.post("/ar/checkout/", {**sent, "note": "أخرى"})

    assert response.status_code == 422
    assert latin_words(response.text) == set()


def test_an_orders_page_is_arabic_whatever_its_status(visit, tenant_a, item):
    page = visit.post("/ar/checkout/", form(f"{item.id}:1")).headers["Location"]
    assert latin_words(visit.get(page).text) == set()

    for status in OrderStatus.values:
        with scopes.tenant(tenant_a.id):
            Order.objects.update(status=status, delivery_fee="1.000")
        assert latin_words(visit.get(page).text) == set()
