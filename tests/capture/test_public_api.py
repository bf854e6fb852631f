"""The public API of orders, through the whole stack but the socket."""

import json
import threading
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from capture.models import IdempotencyRecord, NumberCounter, Order
from storefront.models import CatalogItem, StorefrontSettings
from tenants import scopes
from tests.capture.conftest import orders_of, stock_of


@pytest.fixture
def post(shop, at):
    """Posts an order to the shop."""

    def send(body, *, key=None, tenant=None, **headers):
        sent = {"Idempotency-Key": str(key or uuid4()), "Accept-Language": "en", **headers}
        if key == "":
            del sent["Idempotency-Key"]
        client = at((tenant or shop).slug)
        return client.post("/api/v1/orders/", body, content_type="application/json", headers=sent)

    return send


def order_of(*lines, **fields):
    """The body of an order."""
    return {
        "customer_name": "Maryam",
        "customer_phone": "5000 1234",
        "lines": [{"item": str(item.id), "quantity": quantity} for item, quantity in lines],
        **fields,
    }


def problem(response, status, code):
    assert response.headers["Content-Type"] == "application/problem+json", response.content
    document = response.json()
    assert (response.status_code, document["code"]) == (status, code), document
    assert document["status"] == status
    assert set(document) >= {"type", "title", "status", "code", "detail", "errors"}
    assert response.headers["X-Request-ID"]
    return document


def test_an_order_is_answered_as_the_contract_says(shop, shelf, post):
    oil = shelf(price=Decimal("12.500"))

    response = post(order_of((oil, 2), note="Ring twice", customer_email="m@example.com"))

    body = response.json()
    assert response.status_code == 201
    token = body.pop("tracking_token")
    assert body.pop("created_at").endswith("Z")
    assert body == {
        "number": "O-1001",
        "status": "pending",
        "payment_status": "unpaid",
        "currency": "KWD",
        "tracking_url": f"http://{shop.slug}.localhost/en/track/{token}/",
        "lines": [
            {
                "item": str(oil.id),
                "name": "Oud oil",
                "variant": None,
                "unit_price": "12.500",
                "quantity": 2,
                "total": "25.000",
            }
        ],
        "delivery_fee": "0.000",
        "total": "25.000",
    }
    assert response.headers["Location"] == f"http://{shop.slug}.localhost/api/v1/track/{token}/"
    assert "Set-Cookie" not in response.headers
    order = orders_of(shop)[0]
    assert (order.customer_phone, order.customer_email) == ("+96550001234", "m@example.com")
    assert (order.note, order.language) == ("Ring twice", "en")


def test_a_client_decides_nothing_that_isnt_its_to_decide(shop, tenant_b, shelf, post):
    oil = shelf(price=Decimal("12.500"))
    body = order_of((oil, 1), total="0.001", status="fulfilled", tenant=str(tenant_b.id))
    body |= {"payment_status": "paid", "number": "O-1", "delivery_fee": "-12.000", "version": 9}
    body["lines"][0] |= {"price": "0.001", "unit_price": "0.001", "total": "0.001"}

    answer = post(body).json()

    assert (answer["total"], answer["status"], answer["number"]) == ("12.500", "pending", "O-1001")
    assert (answer["payment_status"], answer["delivery_fee"]) == ("unpaid", "0.000")
    assert orders_of(tenant_b) == []


def test_a_replay_repeats_status_and_body(shop, shelf, post):
    item, key = shelf(stock=5), uuid4()
    body = order_of((item, 2))

    first, second = post(body, key=key), post(body, key=key)

    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["Location"] == first.headers["Location"]
    assert len(orders_of(shop)) == 1
    assert stock_of(shop, item) == 3
    with scopes.tenant(shop.id):
        assert NumberCounter.objects.get().value == 1001


def test_a_key_for_another_body_is_refused(shop, shelf, post):
    item, key = shelf(), uuid4()
    post(order_of((item, 1)), key=key)

    problem(post(order_of((item, 2)), key=key), 422, "idempotency_key_reused")
    assert len(orders_of(shop)) == 1


def test_a_key_that_was_forgotten_takes_anew(shop, shelf, post):
    item, key = shelf(stock=5), uuid4()
    post(order_of((item, 2)), key=key)
    with scopes.tenant(shop.id):
        IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(days=7, seconds=1))

    again = post(order_of((item, 1)), key=key)

    assert (again.status_code, again.json()["number"]) == (201, "O-1002")
    assert "Idempotent-Replayed" not in again.headers
    assert stock_of(shop, item) == 2


@pytest.mark.parametrize("key", ["", "1", "not-a-uuid", "0" * 33])
def test_a_key_is_required(shop, shelf, post, key):
    problem(post(order_of((shelf(), 1)), key=key), 400, "idempotency_key_required")
    assert orders_of(shop) == []


def test_two_at_once_make_one_order(shop, shelf, at):
    item, key = shelf(stock=9), str(uuid4())
    body, answers = order_of((item, 1)), []
    ready = threading.Barrier(8)

    def send():
        try:
            ready.wait()
            answers.append(
                at(shop.slug).post(
                    "/api/v1/orders/", body, content_type="application/json",
                    headers={"Idempotency-Key": key},
                )
            )  # fmt: skip
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    codes = [answer.status_code for answer in answers]
    assert set(codes) <= {201, 409}
    assert len({answer.json()["number"] for answer in answers if answer.status_code == 201}) == 1
    for answer in answers:
        if answer.status_code == 409:
            problem(answer, 409, "request_in_flight")
    assert len(orders_of(shop)) == 1
    assert stock_of(shop, item) == 8


FIELDS = {
    "no name": ({"customer_name": ""}, "customer_name"),
    "blank name": ({"customer_name": " \u200b\t "[:1] * 3}, "customer_name"),
    "a name that shows nothing": ({"customer_name": "\u202e\u2028\x85"}, "customer_name"),
    "a name of fillers": ({"customer_name": "\u200b\u3164"}, "customer_name"),
    "a name that doubles": ({"customer_name": "\u0344" * 120}, "customer_name"),
    "long name": ({"customer_name": "x" * 121}, "customer_name"),
    "control characters": ({"customer_name": "a\x00b"}, "customer_name"),
    "half a character": ({"customer_name": "a\ud83d"}, "customer_name"),
    "no phone": ({"customer_phone": None}, "customer_phone"),
    "letters": ({"customer_phone": "call me"}, "customer_phone"),
    "too short": ({"customer_phone": "123"}, "customer_phone"),
    "no such number": ({"customer_phone": "+965 0000 0000"}, "customer_phone"),
    "broken e-mail": ({"customer_email": "maryam@"}, "customer_email"),
    "two e-mails": ({"customer_email": "a@example.com\nBcc: b@example.com"}, "customer_email"),
    "long e-mail": (
        {"customer_email": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 20}.com"},
        "customer_email",
    ),
    "long phone": ({"customer_phone": "+965" + "5" * 40}, "customer_phone"),
    "language": ({"language": "fr"}, "language"),
    "long note": ({"note": "x" * 2001}, "note"),
    "total": ({"expected_total": "1e3"}, "expected_total"),
    "a total that is none": ({"expected_total": "NaN"}, "expected_total"),
    "true total": ({"expected_total": True}, "expected_total"),
    "no lines": ({"lines": []}, "lines"),
    "lines of another shape": ({"lines": "all of it"}, "lines"),
    "an object": ({"lines": {"item": 1}}, "lines"),
    "too many lines": ({"lines": [{"item": str(UUID(int=1)), "quantity": 1}] * 51}, "lines"),
    "no such item": ({"lines": [{"item": str(UUID(int=1)), "quantity": 1}]}, "lines"),
    "no item at all": ({"lines": [{"quantity": 1}]}, "lines"),
    "not an id": ({"lines": [{"item": "oud-oil", "quantity": 1}]}, "lines"),
}


@pytest.mark.parametrize("case", FIELDS)
def test_broken_input_is_told_at_its_field(shop, shelf, post, case):
    fields, name = FIELDS[case]

    document = problem(post({**order_of((shelf(), 1)), **fields}), 400, "invalid")

    assert list(document["errors"]) == [name]
    assert all(document["errors"][name])
    assert orders_of(shop) == []


@pytest.mark.parametrize(
    "quantity", [0, -1, 1000, 10**30, "many", "1_0", "", None, True, 1.5, [], {"a": 1}]
)
def test_absurd_quantities_are_told_at_the_lines(shop, shelf, post, quantity):
    document = problem(post(order_of((shelf(), quantity))), 400, "invalid")

    assert list(document["errors"]) == ["lines"]
    assert orders_of(shop) == []


def test_half_a_character_where_we_dont_read_is_no_fault(shop, shelf, post):
    text = json.dumps(order_of((shelf(), 1), foo="\ud800"))

    assert post(text).status_code == 201


def test_json_nested_without_end_is_broken_json(shop, post):
    problem(post("[" * 100_000), 400, "invalid")


@pytest.mark.parametrize("body", ["", "[]", "null", "3", "{", '"x"', '{"a": NaN}', "\xff"])
def test_what_isnt_an_order_is_no_fault_of_ours(shop, post, body):
    problem(post(body), 400, "invalid")


def test_another_form_of_body_is_refused(shop, at):
    response = at(shop.slug).post(
        "/api/v1/orders/", {"a": 1}, headers={"Idempotency-Key": str(uuid4())}
    )

    problem(response, 415, "unsupported_media_type")


def test_a_huge_body_is_refused(shop, post):
    problem(post('{"note": "' + "x" * 2_000_000 + '"}'), 413, "too_large")


def test_over_maximum_and_over_stock_are_told_apart(shop, shelf, post):
    few, rationed = shelf(stock=2, name_en="Rare oil"), shelf(max_quantity=10)

    at_most = problem(post(order_of((rationed, 11))), 400, "invalid")
    short = problem(post(order_of((few, 3))), 409, "out_of_stock")

    assert at_most["errors"] == {"lines": ["Oud oil: at most 10 in one order."]}
    assert short["errors"] == {"lines": ["Rare oil: only 2 left."]}
    assert orders_of(shop) == []


def test_another_tenants_item_is_told_at_the_lines(shop, tenant_b, shelf, post):
    theirs = shelf(tenant=tenant_b)

    document = problem(post(order_of((theirs, 1))), 400, "invalid")

    assert document["errors"] == {"lines": ["There is no such item here."]}
    assert orders_of(shop) == orders_of(tenant_b) == []


def test_what_is_no_longer_published_is_unavailable(shop, shelf, post):
    problem(post(order_of((shelf(status="archived"), 1))), 409, "item_unavailable")


def test_a_changed_price_is_told_with_a_quote(shop, shelf, post):
    item, key = shelf(price=Decimal("2.250")), uuid4()

    document = problem(
        post(order_of((item, 2), expected_total="4.000"), key=key), 409, "price_changed"
    )

    assert document["quote"]["total"] == "4.500"
    assert document["quote"]["lines"][0]["unit_price"] == "2.250"
    # Refusals aren't kept: the same key may go on with what was quoted.
    assert post(order_of((item, 2), expected_total="٤٫٥٠٠"), key=key).status_code == 201


def test_a_tenant_without_orders_says_so(shop, shelf, post):
    item = shelf()
    with scopes.tenant(shop.id):
        StorefrontSettings.objects.update_or_create(id=1, defaults={"accepts": ["donations"]})

    problem(post(order_of((item, 1))), 409, "item_unavailable")


def test_arabic_input_and_an_arabic_answer(shop, shelf, post):
    item = shelf()
    body = order_of((item, "٢"), customer_name="مريم", customer_phone="٥٠٠٠ ١٢٣٤")

    answer = post(body, **{"Accept-Language": "ar"})

    assert answer.status_code == 201, answer.content
    assert answer.json()["lines"][0]["name"] == "دهن عود"
    assert "/ar/track/" in answer.json()["tracking_url"]
    assert orders_of(shop)[0].customer_phone == "+96550001234"


def test_the_limit_of_an_address(shop, shelf, post):
    item, key = shelf(), uuid4()
    codes = [post(order_of((item, 1)), key=key).status_code for _ in range(31)]

    assert codes == [201] * 30 + [429]
    refused = post(order_of((item, 1)))
    problem(refused, 429, "rate_limited")
    assert 0 < int(refused.headers["Retry-After"]) <= 600
    assert len(orders_of(shop)) == 1


def test_a_suspended_tenant_takes_no_order(shop, shelf, post):
    from datetime import UTC, datetime

    from tenants.domain.tenants import suspend_tenant

    item = shelf()
    suspend_tenant(shop.slug, reason="test", now=datetime.now(UTC))

    problem(post(order_of((item, 1))), 403, "tenant_suspended")
    assert orders_of(shop) == []


def test_tracking_shows_the_order_and_its_history(shop, shelf, post, at):
    placed = post(order_of((shelf(), 1))).json()

    response = at(shop.slug, **{"Accept-Language": "en"}).get(
        f"/api/v1/track/{placed['tracking_token']}/"
    )

    body = response.json()
    history = body.pop("history")
    assert body.pop("kind") == "order"
    assert body == placed
    assert [(step["from"], step["to"]) for step in history] == [(None, "pending")]
    assert "no-store" in response.headers["Cache-Control"]


def test_tracking_is_the_tenants_own(shop, tenant_b, shelf, post, at):
    token = post(order_of((shelf(), 1))).json()["tracking_token"]

    problem(at(tenant_b.slug).get(f"/api/v1/track/{token}/"), 404, "not_found")
    problem(at(shop.slug).get("/api/v1/track/x/"), 404, "not_found")
    problem(at(shop.slug).get(f"/api/v1/track/{'a' * 5000}/"), 404, "not_found")
    problem(at(shop.slug).get("/api/v1/track/a%00b/"), 404, "not_found")


def test_a_tracking_token_is_in_no_log(shop, shelf, post, at, capfd):
    token = post(order_of((shelf(), 1))).json()["tracking_token"]
    capfd.readouterr()
    for path in (f"/api/v1/track/{token}/", f"/en/track/{token}/"):
        assert at(shop.slug).get(path).status_code == 200

    logged = capfd.readouterr()
    assert "/track/…" in logged.err + logged.out
    assert token not in logged.err + logged.out


def test_other_methods_are_refused(shop, at):
    problem(at(shop.slug).get("/api/v1/orders/"), 405, "method_not_allowed")
    problem(at(shop.slug).delete("/api/v1/orders/"), 405, "method_not_allowed")


def test_a_listed_origin_may_ask_first_and_another_may_not(shop, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://client.example"]
    ask = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "idempotency-key",
    }
    host = f"{shop.slug}.localhost"
    client = Client(SERVER_NAME=host, HTTP_HOST=host)

    mine = client.options("/api/v1/orders/", headers={"Origin": "https://client.example", **ask})
    other = client.options("/api/v1/orders/", headers={"Origin": "https://other.example", **ask})

    assert mine.headers["Access-Control-Allow-Origin"] == "https://client.example"
    assert "idempotency-key" in mine.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in mine.headers
    assert "Access-Control-Allow-Origin" not in other.headers


def test_rows_belong_to_the_tenant_asked(shop, tenant_b, shelf, post):
    post(order_of((shelf(), 1)))
    post(order_of((shelf(tenant=tenant_b), 1)), tenant=tenant_b)

    assert [order.number for order in orders_of(shop)] == ["O-1001"]
    assert [order.number for order in orders_of(tenant_b)] == ["O-1001"]
    with scopes.tenant(shop.id):
        assert Order.objects.count() == 1
        assert CatalogItem.objects.count() == 1
