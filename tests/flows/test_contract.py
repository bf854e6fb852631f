"""What is promised to the outside, asked over HTTP of a demo that runs."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from tests.flows.conftest import ROOT, until

SHOP, CHARITY, SCHOOL = "oud-house.localhost", "ghaith.localhost", "green-school.localhost"
APP, ADMIN = "app.localhost", "admin.localhost"
pytestmark = pytest.mark.xdist_group("demo")  # one process, so that one demo serves all
CODES = {"type", "title", "status", "code", "detail", "errors"}


@pytest.fixture
def visitor(demo):
    return demo.person()


@pytest.fixture
def owner(demo):
    person = demo.person()
    assert person.log_in("owner@oud-house.example").status == 302
    return person


def item(person, host=SHOP, slug="oud-oil"):
    return person.get(host, f"/api/v1/items/{slug}/").json()


def order(person, quantity=1, *, key=None, host=SHOP, language="en", **fields):
    body = {
        "customer_name": "Maryam Al-Ali",
        "customer_phone": "50001234",
        "lines": [{"item": item(person)["id"], "quantity": quantity}],
        **fields,
    }
    headers = {"Idempotency-Key": str(key or uuid4()), "Accept-Language": language}
    return person.post(host, "/api/v1/orders/", body=body, headers=headers)


def is_problem(answer, status, code):
    document = answer.json()
    assert (answer.status, document["code"]) == (status, code), document
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Request-ID"]
    assert set(document) >= CODES
    return document


def test_what_the_demo_writes_down(demo):
    described = demo.described

    assert (demo.state / "demo.json").stat().st_mode & 0o777 == 0o600
    assert set(described) >= {
        "port", "urls", "accounts", "database_url", "database_owner_url", "redis_url",
    }  # fmt: skip
    assert set(described["urls"]) >= {"landing", "app", "admin", "mailbox", "storefronts"}
    assert set(described["urls"]["storefronts"]) == {"oud-house", "ghaith", "green-school"}
    roles = {account["email"]: account["roles"] for account in described["accounts"]}
    assert roles["both@souqna.example"] == {"oud-house": "staff", "ghaith": "admin"}
    assert {"owner@ghaith.example", "admin@green-school.example", "super@souqna.example"} <= set(
        roles
    )


@pytest.mark.parametrize("host", [SHOP, APP, ADMIN, "localhost", "no.such.host"])
def test_health(visitor, host):
    assert visitor.get(host, "/livez").status == 200
    ready = visitor.get(host, "/readyz")
    assert ready.status == 200
    assert ready.json() == {
        "status": "ok",
        "checks": {"database": "ok", "cache": "ok", "migrations": "ok"},
    }


@pytest.mark.parametrize(
    ("host", "kind", "slug", "facts"),
    [
        (SHOP, "product", "oud-oil", {"price": "12.500", "available": True}),
        (CHARITY, "project", "water-well", {"price": None, "goal": "1500.000"}),
        (SCHOOL, "project", "classroom-kit", {"goal": "900.000"}),
        (SCHOOL, "product", "tote-bag", {"price": "3.250"}),
    ],
)
def test_the_seeds(visitor, host, kind, slug, facts):
    shown = item(visitor, host, slug)

    assert (shown["kind"], shown["slug"], shown["currency"]) == (kind, slug, "KWD")
    assert {name: shown[name] for name in facts} == facts
    assert set(shown) >= {"id", "name", "image", "url", "description", "images", "variants", "goal"}
    assert shown["images"]
    picture = shown["images"][0]["url"].partition(f":{visitor.port}")[2]
    answer = visitor.get(host, picture)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "image/webp"


def test_the_storefront_document(visitor):
    shown = visitor.get(SHOP, "/api/v1/storefront/", headers={"Accept-Language": "ar"}).json()

    assert (shown["slug"], shown["name"], shown["accepts"]) == (
        "oud-house",
        "بيت العود",
        ["orders"],
    )
    assert set(shown) >= {"languages", "default_language", "currency", "colors", "logo", "contact"}


def test_lists(visitor):
    page = visitor.get(SHOP, "/api/v1/items/?kind=product&search=oud").json()

    assert set(page) == {"next", "previous", "results"}
    fields = {"id", "slug", "kind", "name", "price", "currency", "available", "image", "url"}
    assert all(set(shown) >= fields for shown in page["results"])
    assert "oud-oil" in {shown["slug"] for shown in page["results"]}


def test_schema_and_docs(visitor):
    schema = visitor.get(SHOP, "/api/v1/schema/", headers={"Accept": "application/json"})

    assert "/api/v1/orders/" in schema.json()["paths"]
    assert visitor.get(SHOP, "/api/v1/docs/").status == 200


def test_pages_and_languages(visitor):
    entrance = visitor.get(SHOP, "/?utm_source=x", headers={"Accept-Language": "ar"})
    assert (entrance.status, entrance.headers["Location"]) == (302, "/ar/?utm_source=x")
    for path in ("", "items/", "items/oud-oil/", "cart/"):
        for language, direction in (("ar", "rtl"), ("en", "ltr")):
            page = visitor.get(SHOP, f"/{language}/{path}")
            assert page.status == 200, path
            assert f'<html lang="{language}" dir="{direction}">' in page.text
            if path != "cart/":
                assert "Set-Cookie" not in page.headers
    assert visitor.get("nobody.localhost", "/en/").status == 404
    is_problem(visitor.get("nobody.localhost", "/api/v1/items/"), 404, "tenant_not_found")
    assert visitor.get(SHOP, "/en/items/no-such-thing/").status == 404


def test_an_order_its_replay_and_its_tracking(visitor):
    key = uuid4()
    first = order(visitor, 2, key=key, customer_email="maryam@example.com", expected_total="25.000")

    body = first.json()
    assert first.status == 201
    assert first.headers["Location"]
    assert body["number"].startswith("O-")
    assert (body["status"], body["payment_status"], body["currency"]) == (
        "pending", "unpaid", "KWD",
    )  # fmt: skip
    assert (body["total"], body["delivery_fee"]) == ("25.000", "0.000")
    assert body["lines"][0] | {"item": "", "name": ""} == {
        "item": "", "name": "", "unit_price": "12.500", "quantity": 2, "total": "25.000",
        "variant": None,
    }  # fmt: skip

    again = order(visitor, 2, key=key, customer_email="maryam@example.com", expected_total="25.000")
    assert (again.status, again.body) == (201, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    is_problem(order(visitor, 3, key=key), 422, "idempotency_key_reused")

    tracked = visitor.get(SHOP, f"/api/v1/track/{body['tracking_token']}/").json()
    assert (tracked["kind"], tracked["history"][0]["to"]) == ("order", "pending")
    assert {name: tracked[name] for name in body} == body
    page = visitor.get(SHOP, body["tracking_url"].partition(f":{visitor.port}")[2])
    assert page.status == 200
    assert body["number"] in page.text


def test_refusals(visitor):
    missing = visitor.post(SHOP, "/api/v1/orders/", body={})
    is_problem(missing, 400, "idempotency_key_required")
    at_lines = is_problem(order(visitor, 11), 400, "invalid")
    assert list(at_lines["errors"]) == ["lines"]
    unknown = [{"item": str(UUID(int=7)), "quantity": 1}]
    assert list(is_problem(order(visitor, lines=unknown), 400, "invalid")["errors"]) == ["lines"]
    foreign = [{"item": item(visitor, SCHOOL, "tote-bag")["id"], "quantity": 1}]
    assert list(is_problem(order(visitor, lines=foreign), 400, "invalid")["errors"]) == ["lines"]
    changed = is_problem(order(visitor, expected_total="1.000"), 409, "price_changed")
    assert changed["quote"]["total"] == "12.500"
    phone = is_problem(order(visitor, customer_phone="12"), 400, "invalid")
    assert list(phone["errors"]) == ["customer_phone"]
    arabic = is_problem(order(visitor, customer_phone="12", language="ar"), 400, "invalid")
    assert not arabic["title"].isascii()


def test_what_the_client_may_not_say(visitor):
    lines = [{"item": item(visitor)["id"], "quantity": 1, "price": "0.001", "unit_price": "0.001"}]

    body = order(visitor, lines=lines, total="0.001", status="fulfilled", tenant="ghaith").json()

    assert (body["total"], body["status"]) == ("12.500", "pending")


def test_many_at_once_with_one_key_make_one_order(demo, visitor):
    key, oil = uuid4(), item(visitor)
    before = stock(demo)

    def send(_):
        person = demo.person()
        return person.post(
            SHOP,
            "/api/v1/orders/",
            body={
                "customer_name": "Maryam",
                "customer_phone": "50001234",
                "lines": [{"item": oil["id"], "quantity": 1}],
            },
            headers={"Idempotency-Key": str(key)},
        )

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))

    numbers = {answer.json()["number"] for answer in answers if answer.status == 201}
    assert {answer.status for answer in answers} <= {201, 409}
    assert len(numbers) == 1
    assert stock(demo) == before - 1


def stock(demo):
    person = demo.person()
    person.log_in("owner@oud-house.example")
    return person.get(APP, "/oud-house/api/v1/items/oud-oil/").json()["stock"]


def test_from_order_to_mail_to_dashboard(demo, visitor, owner):
    placed = order(visitor, customer_name="Fatima <b>Al-Sabah</b>").json()

    def mail():
        found = visitor.get(APP, "/mailbox/messages.json?to=owner@oud-house.example").json()
        return [
            message for message in found if placed["number"] in message["subject"] + message["text"]
        ]

    message = until(mail, 40)[0]
    assert set(message) >= {
        "id",
        "to",
        "subject",
        "text",
        "html",
        "headers",
        "attachments",
        "sent_at",
    }
    assert "<b>Al-Sabah" not in message["html"]
    assert "12.500" in message["text"]

    listed = owner.get(APP, "/oud-house/api/v1/orders/?status=pending").json()
    assert set(listed) == {"next", "previous", "results"}
    assert placed["number"] in {each["number"] for each in listed["results"]}
    assert placed["number"] in owner.get(APP, "/oud-house/orders/").text
    assert owner.get(APP, "/oud-house/").status == 200
    page = owner.get(APP, f"/oud-house/orders/{placed['number']}/")
    assert page.status == 200
    assert "<b>Al-Sabah" not in page.text

    path = f"/oud-house/api/v1/orders/{placed['number']}/"
    shown = owner.get(APP, path).json()
    assert set(shown) >= set(placed) | {
        "id", "version", "allowed_transitions", "history", "utm_visit_id", "visit", "customer_name",
    }  # fmt: skip
    is_problem(
        owner.post(APP, f"{path}transitions/", body={"to": "confirmed", "version": 1}),
        403,
        "csrf_failed",
    )
    forbidden = {"to": "fulfilled", "version": shown["version"]}
    step = f"{path}transitions/"
    is_problem(
        owner.post(APP, step, body=forbidden, headers=owner.csrf()), 409, "invalid_transition"
    )
    confirm = {"to": "confirmed", "version": shown["version"]}
    confirmed = owner.post(APP, step, body=confirm, headers=owner.csrf())
    assert (confirmed.status, confirmed.json()["status"]) == (200, "confirmed")
    is_problem(owner.post(APP, step, body=confirm, headers=owner.csrf()), 409, "stale_version")
    fulfil = {"to": "fulfilled", "version": confirmed.json()["version"]}
    assert owner.post(APP, step, body=fulfil, headers=owner.csrf()).json()["status"] == "fulfilled"
    back = {"to": "confirmed", "version": fulfil["version"] + 1}
    is_problem(owner.post(APP, step, body=back, headers=owner.csrf()), 400, "reason_required")
    history = visitor.get(SHOP, f"/api/v1/track/{placed['tracking_token']}/").json()["history"]
    assert [each["to"] for each in history] == ["pending", "confirmed", "fulfilled"]


def test_staff_write_items(owner, visitor):
    body = {
        "kind": "product", "slug": f"musk-{uuid4().hex[:8]}", "name_ar": "مسك", "name_en": "Musk",
        "description_ar": "", "description_en": "White musk.", "price": "4.750",
        "status": "published", "stock": 3, "goal": None, "media": [],
    }  # fmt: skip
    made = owner.post(APP, "/oud-house/api/v1/items/", body=body, headers=owner.csrf())
    assert made.status == 201
    path = f"/oud-house/api/v1/items/{made.json()['id']}/"
    assert item(visitor, slug=body["slug"])["price"] == "4.750"
    short = order(visitor, lines=[{"item": made.json()["id"], "quantity": 4}])
    is_problem(short, 409, "out_of_stock")
    owner.ask("PATCH", APP, path, body={"status": "archived"}, headers=owner.csrf())
    gone = order(visitor, lines=[{"item": made.json()["id"], "quantity": 1}])
    is_problem(gone, 409, "item_unavailable")
    assert owner.ask("DELETE", APP, path, headers=owner.csrf()).status == 204


def test_who_may_see_what(demo, visitor):
    is_problem(visitor.get(APP, "/oud-house/api/v1/orders/"), 401, "not_authenticated")
    stranger = demo.person()
    stranger.log_in("owner@ghaith.example")
    is_problem(stranger.get(APP, "/oud-house/api/v1/orders/"), 404, "not_found")
    is_problem(stranger.get(APP, "/no-such-place/api/v1/orders/"), 404, "not_found")
    assert stranger.get(APP, "/oud-house/").status == 404
    assert stranger.get(APP, "/ghaith/").status == 200
    both = demo.person()
    both.log_in("both@souqna.example")
    chooser = both.get(APP, "/tenants/").text
    assert "/oud-house/" in chooser
    assert "/ghaith/" in chooser
    assert "/green-school/" not in chooser
    wrong = demo.person()
    assert wrong.log_in("owner@oud-house.example", "wrong").status == 400
    assert "session" not in wrong.cookies[APP]


def test_manage_beside_the_demo(demo):
    command = [sys.executable, "manage.py"]
    environment = {"PATH": "/usr/bin:/bin", "SOUQNA_STATE": str(demo.state)}

    def manage(*arguments):
        return subprocess.run(
            [*command, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    listed = manage("list_tenants", "--json")
    assert listed.returncode == 0
    assert {each["slug"] for each in json.loads(listed.stdout)} >= {"oud-house", "ghaith"}
    again = manage("seed_demo")
    assert again.returncode == 0
    suspended = manage("suspend_tenant", "green-school", "--reason", "a test")
    assert suspended.returncode == 0
    try:
        person = demo.person()
        until(lambda: person.get(SCHOOL, "/en/").status == 503)
        assert "unavailable" in person.get(SCHOOL, "/en/").text.lower()
        assert "غير متاح" in person.get(SCHOOL, "/ar/").text
        is_problem(person.get(SCHOOL, "/api/v1/items/"), 403, "tenant_suspended")
    finally:
        assert manage("reactivate_tenant", "green-school").returncode == 0
    until(lambda: person.get(SCHOOL, "/en/").status == 200)
