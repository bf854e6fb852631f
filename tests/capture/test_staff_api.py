"""The staff's API of orders: who may ask, what they are shown, which steps they may take."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from capture.domain.orders import place_order
from capture.models import Order
from tenants import scopes
from tenants.domain.tenants import get_or_create_user, suspend_tenant
from tenants.enums import Role
from tenants.models import TenantMember
from tests.capture.conftest import NOW, orders_of
from tests.capture.test_public_api import problem
from tests.conftest import SurfaceClient
from tests.storefront.test_public_api import encoded
from tests.storefront.visiting import announced

APP = {"SERVER_NAME": "app.localhost", "HTTP_HOST": "app.localhost", "HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture
def staff(shop):
    """A client logged in as staff of the shop."""
    with scopes.public():
        user = get_or_create_user(f"staff-{uuid4().hex[:8]}@example.com")
    with scopes.tenant(shop.id):
        TenantMember.objects.create(tenant=shop, user=user, role=Role.STAFF)
    return logged_in(user)


def logged_in(user):
    """A client of `app.` with the person's session."""
    client = SurfaceClient(**APP)
    with scopes.public():
        client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def api(shop, staff):
    """Reads the shop's staff API."""

    def get(path):
        return staff.get(f"/{shop.slug}/api/v1/{path}")

    return get


@pytest.fixture
def step(shop, staff):
    """Posts a step."""

    def post(order, body):
        path = f"/{shop.slug}/api/v1/orders/{order.number}/transitions/"
        return staff.post(path, body, content_type="application/json")

    return post


def test_one_order_has_what_the_contract_names(shop, placed, api):
    order = placed()

    body = api(f"orders/{order.number}/").json()

    assert body["id"] == str(order.id)
    assert (body["version"], body["status"], body["total"]) == (1, "pending", "12.500")
    assert body["allowed_transitions"] == ["confirmed", "cancelled"]
    assert (body["customer_name"], body["customer_phone"]) == ("Maryam", "+96550001234")
    assert (body["utm_visit_id"], body["visit"]) == (None, None)
    assert body["tracking_url"] == (
        f"http://{shop.slug}.localhost/en/track/{order.tracking_token}/"
    )
    (step,) = body["history"]
    assert (step["from"], step["to"], step["actor"], step["reason"]) == (None, "pending", None, "")
    assert step["at"]


def test_an_order_tells_of_its_visit(shop, shelf, asked, placed, api):
    token = announced(shop, "utm_source=instagram&utm_medium=paid&utm_campaign=eid")
    item = shelf()
    with scopes.tenant(shop.id):
        order = place_order(asked((item, 1), visit=token), is_open=True, now=NOW)
    placed()

    body = api(f"orders/{order.number}/").json()

    assert body["utm_visit_id"] == str(order.utm_visit_id)
    assert body["visit"] == {
        "utm_source": "instagram",
        "utm_medium": "paid",
        "utm_campaign": "eid",
        "channel": "Paid Social",
    }
    listed = api("orders/").json()["results"]
    assert sorted(bool(each["visit"]) for each in listed) == [False, True]


def test_a_visit_without_a_campaign_has_a_channel(shop, shelf, asked, api):
    item = shelf()
    with scopes.tenant(shop.id):
        token = announced(shop, "")
        order = place_order(asked((item, 1), visit=token), is_open=True, now=NOW)

    assert api(f"orders/{order.number}/").json()["visit"] == {
        "utm_source": "",
        "utm_medium": "",
        "utm_campaign": "",
        "channel": "Direct",
    }


def test_a_step_answers_with_the_record(placed, step, staff):
    order = placed()

    response = step(order, {"to": "confirmed", "version": 1})

    body = response.json()
    assert response.status_code == 200
    assert (body["status"], body["version"]) == ("confirmed", 2)
    assert body["allowed_transitions"] == ["fulfilled", "cancelled"]
    assert body["history"][1] | {"at": ""} == {
        "from": "pending",
        "to": "confirmed",
        "actor": staff.user.email,
        "reason": "",
        "at": "",
    }


def test_a_second_click_is_told_that_things_moved_on(shop, placed, step):
    order = placed()
    step(order, {"to": "confirmed", "version": 1})

    problem(step(order, {"to": "confirmed", "version": 1}), 409, "stale_version")
    assert orders_of(shop)[0].version == 2


def test_a_forbidden_step_is_refused(shop, placed, step):
    order = placed()

    problem(step(order, {"to": "fulfilled", "version": 1}), 409, "invalid_transition")
    assert (orders_of(shop)[0].status, orders_of(shop)[0].version) == ("pending", 1)


def test_reopening_needs_a_reason(placed, step):
    order = placed()
    step(order, {"to": "cancelled", "version": 1})

    problem(step(order, {"to": "pending", "version": 2}), 400, "reason_required")
    problem(step(order, {"to": "pending", "version": 2, "reason": " \n"}), 400, "reason_required")
    again = step(order, {"to": "pending", "version": 2, "reason": "Customer called"})
    assert again.json()["history"][2]["reason"] == "Customer called"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"version": 1}, "to"),
        ({"to": "flown", "version": 1}, "to"),
        ({"to": "confirmed"}, "version"),
        ({"to": "confirmed", "version": "first"}, "version"),
        ({"to": "confirmed", "version": 1, "reason": "x" * 1001}, "reason"),
    ],
)
def test_a_broken_step_is_told_at_its_field(shop, placed, step, body, field):
    document = problem(step(placed(), body), 400, "invalid")

    assert list(document["errors"]) == [field]
    assert orders_of(shop)[0].version == 1


def test_an_unknown_order(api, step, placed):
    order = placed()
    order.number = "O-999"

    problem(api("orders/O-999/"), 404, "not_found")
    problem(step(order, {"to": "confirmed", "version": 1}), 404, "not_found")


def test_the_list_can_be_narrowed(shop, placed, api, step):
    first, second, third = placed(), placed(), placed()
    step(second, {"to": "confirmed", "version": 1})
    with scopes.tenant(shop.id):
        Order.objects.filter(id=third.id).update(
            customer_name="سارة", created_at=datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
        )

    def numbers(query):
        return [order["number"] for order in api(f"orders/?{query}").json()["results"]]

    assert sorted(numbers("")) == ["O-1001", "O-1002", "O-1003"]
    assert numbers("status=confirmed") == [second.number]
    assert numbers("search=سارة") == [third.number]
    assert numbers("search=o-1001") == [first.number]
    assert sorted(numbers("search=50001234")) == ["O-1001", "O-1002", "O-1003"]
    # Half past nine in the evening, London's clock, is the next day in Kuwait.
    assert numbers("created_from=2026-11-21&created_to=2026-11-21") == [third.number]
    assert numbers("created_to=2026-11-20") == []
    assert numbers("created_to=2026-11-20T21:30:01Z") == [third.number]
    assert numbers("created_from=2026-11-20T21:30:00%2B00:00&created_to=2026-11-21") == [
        third.number
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=new", "status"),
        ("created_from=yesterday", "created_from"),
        ("created_to=2026-13-01", "created_to"),
        ("created_to=2026-11-01T10:00:00", "created_to"),
        ("search=%00", "search"),
    ],
)
def test_broken_filters_are_told(api, query, field):
    assert list(problem(api(f"orders/?{query}"), 400, "invalid")["errors"]) == [field]


def test_the_ends_of_time_are_no_fault_of_ours(api):
    far = "created_from=2026-01-01T00:00:00-23:59"
    for query in ("created_from=0001-01-01", "created_to=9999-12-31", far):
        assert api(f"orders/?{query}").status_code in (200, 400)


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_takes_the_same_queries_however_long(placed, api, number):
    for _ in range(number):
        placed()
    api("orders/")

    with CaptureQueriesContext(connection) as queries:
        assert len(api("orders/").json()["results"]) == number

    # Session, person, membership; then orders, their lines, their history.
    assert len(queries) == 6


def test_pages_miss_nothing(shop, placed, api):
    for minutes in range(30):
        order = placed()
        with scopes.tenant(shop.id):
            moment = order.created_at - timedelta(minutes=minutes // 2)
            Order.objects.filter(id=order.id).update(created_at=moment)
    seen, path = [], "orders/?page_size=7"
    while path:
        body = api(path).json()
        seen += [order["number"] for order in body["results"]]
        path = (body["next"] or "").partition("/api/v1/")[2]

    assert len(seen) == len(set(seen)) == 30


@pytest.mark.parametrize(
    "position", ["foo", "%00", "", "9999999-01-01", "2026-01-01T00:00:00", "2026-01-01"]
)
def test_a_broken_cursor_leads_nowhere(placed, api, position):
    placed()

    problem(api(f"orders/?cursor={encoded(f'p={position}')}"), 404, "not_found")


def test_a_stranger_is_asked_to_log_in(shop, placed, at):
    placed()

    problem(at("app").get(f"/{shop.slug}/api/v1/orders/"), 401, "not_authenticated")
    problem(at("app").get("/no-such-shop/api/v1/orders/"), 401, "not_authenticated")


def test_another_tenants_member_finds_nothing(shop, tenant_b, placed, staff):
    order = placed()
    step = f"/{tenant_b.slug}/api/v1/orders/{order.number}/transitions/"

    problem(staff.get(f"/{tenant_b.slug}/api/v1/orders/"), 404, "not_found")
    problem(staff.post(step, {"to": "confirmed", "version": 1}), 404, "not_found")
    problem(staff.get("/no-such-shop/api/v1/orders/"), 404, "not_found")
    assert orders_of(shop)[0].status == "pending"


def test_a_suspended_tenants_member_is_told_and_a_stranger_isnt(shop, tenant_b, staff, user):
    suspend_tenant(shop.slug, reason="test", now=datetime.now(UTC))
    stranger = logged_in(user)

    problem(staff.get(f"/{shop.slug}/api/v1/orders/"), 403, "tenant_suspended")
    problem(stranger.get(f"/{shop.slug}/api/v1/orders/"), 404, "not_found")


def test_a_forged_request_is_refused(shop, placed, staff):
    order = placed()
    forged = Client(enforce_csrf_checks=True, **APP)
    forged.cookies = staff.cookies
    path = f"/{shop.slug}/api/v1/orders/{order.number}/transitions/"

    response = forged.post(path, {"to": "confirmed", "version": 1}, content_type="application/json")

    problem(response, 403, "csrf_failed")
    assert orders_of(shop)[0].status == "pending"
