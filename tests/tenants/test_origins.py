"""Storefront pages take forms from themselves only; APIs and staff's pages have other guards."""

import pytest
from django.test import RequestFactory

from tenants.middleware.origins import is_foreign

HERE = {"host": "oud-house.localhost:8000"}
OURS = "http://oud-house.localhost:8000"


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "something-new"}, True),
        ({"sec-fetch-site": ""}, True),
        ({"origin": OURS}, False),
        ({"origin": "HTTP://OUD-HOUSE.localhost:8000"}, False),
        ({"origin": "http://oud-house.localhost.:8000"}, False),
        ({"origin": "https://oud-house.localhost:8000"}, True),
        ({"origin": "http://oud-house.localhost"}, True),
        ({"origin": "http://oud-house.localhost:9000"}, True),
        ({"origin": "http://ghaith.localhost:8000"}, True),
        ({"origin": "http://app.localhost:8000"}, True),
        ({"origin": "http://evil.example"}, True),
        ({"origin": "http://oud-house.localhost:8000.evil.example"}, True),
        ({"origin": "http://oud-house.localhost:99999999"}, True),
        ({"origin": "http://[oud-house.localhost"}, True),
        ({"origin": ""}, True),
        ({"origin": "null"}, True),
        # Of a page that sends no referrer, such as the one that follows an order.
        ({"origin": "null", "sec-fetch-site": "same-origin"}, False),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, True),
        ({"origin": "http://evil.example", "sec-fetch-site": "same-origin"}, True),
        ({"origin": OURS, "sec-fetch-site": "cross-site"}, True),
    ],
)
def test_where_a_form_comes_from(headers, foreign):
    request = RequestFactory(headers={**HERE, **headers}).post("/en/cart/")

    assert is_foreign(request) is foreign


@pytest.mark.parametrize("path", ["/en/cart/", "/en/cart/lines/", "/en/checkout/", "/en/nothing/"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_forged_form_is_refused(real_db, at, path, method):
    response = getattr(at("oud-house", **{"sec-fetch-site": "cross-site"}), method)(path)

    assert response.status_code == 403
    assert "This form has expired" in response.text
    assert not response.cookies


def test_a_program_reads_why(real_db, at):
    headers = {"origin": "http://evil.example", "accept": "application/json"}

    response = at("oud-house", **headers).post("/en/cart/")

    assert response.json()["code"] == "csrf_failed"


def test_looking_from_elsewhere_is_welcome(real_db, at):
    client = at("oud-house", **{"sec-fetch-site": "cross-site", "origin": "http://evil.example"})

    assert client.get("/en/").status_code == 200
    assert client.head("/en/items/").status_code == 200


def test_the_api_reads_no_cookie_so_it_asks_no_origin(real_db, at):
    client = at("oud-house", origin="http://elsewhere.example")

    response = client.post("/api/v1/orders/", {}, content_type="application/json")

    assert response.json()["code"] == "idempotency_key_required"
