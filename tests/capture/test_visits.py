"""An order says which visit it came from: through the page and through the API."""

from uuid import UUID, uuid4

import pytest
from django.core import signing

from capture.models import Order
from storefront.api import visits as api
from storefront.domain import visits
from storefront.gateways import visits as gateway
from storefront.models import Visit
from tenants import scopes
from tenants.gateways import valkey
from tenants.gateways.rate_limits import RateLimit
from tests.capture.conftest import orders_of
from tests.capture.pages import add, form_of, hidden, send, token_in
from tests.capture.test_public_api import order_of
from tests.storefront.visiting import PHONE, visitor, written

LANDING = (
    "https://shop.example/ar/items/oud-oil/?utm_source=snapchat&utm_medium=paid&utm_campaign=رمضان"
)


def announce(client, landing=LANDING, **sent):
    return client.post(
        "/api/v1/visits/", {"landing_url": landing, **sent}, content_type="application/json"
    )


def place(at, shop, item, **sent):
    client = at(shop.slug, **{"Idempotency-Key": str(uuid4())})
    body = {**order_of((item, 1)), **sent}
    return client.post("/api/v1/orders/", body, content_type="application/json")


def visit_of(shop, order):
    with scopes.tenant(shop.id):
        return Visit.objects.get(id=order.utm_visit_id)


# Pages -----------------------------------------------------------------------------------------------


def test_an_order_by_the_page_has_the_visit_of_its_form(shop, shelf):
    client = visitor(shop)
    client.get("/en/?utm_source=instagram&utm_medium=paid&utm_campaign=eid")
    add(client, shelf())

    token_in(send(client, form_of(client)))

    (order,) = orders_of(shop)
    visit = visit_of(shop, order)
    assert (visit.utm_source, visit.utm_campaign, visit.channel) == (
        "instagram",
        "eid",
        "Paid Social",
    )
    assert [(row.id, row.pageviews) for row in written(shop)] == [(order.utm_visit_id, 2)]


def test_the_visit_is_frozen_when_the_form_is_opened(shop, shelf):
    client = visitor(shop)
    client.get("/en/?utm_source=instagram&utm_campaign=eid")
    add(client, shelf())
    form = form_of(client)
    client.get("/en/?gclid=another")

    token_in(send(client, form))

    (order,) = orders_of(shop)
    assert visit_of(shop, order).utm_campaign == "eid"
    assert len(written(shop)) == 2


def test_the_form_keeps_its_visit_when_it_is_shown_again(shop, shelf):
    client = visitor(shop)
    add(client, shelf())
    form = form_of(client, customer_phone="12")

    again = hidden(send(client, form))

    assert again["visit"] == form["visit"] != ""


def test_the_form_sent_twice_is_one_order(shop, shelf):
    client = visitor(shop)
    add(client, shelf())
    form = form_of(client)

    assert token_in(send(client, form)) == token_in(send(client, form))


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "\0", "x" * 5000, None])
def test_a_form_with_a_broken_visit_is_an_order_all_the_same(shop, shelf, token):
    client = visitor(shop)
    add(client, shelf())
    form = form_of(client, visit=token)
    if token is None:
        del form["visit"]

    token_in(send(client, form))

    assert [order.utm_visit_id for order in orders_of(shop)] == [None]


def test_a_checkout_is_one_page_of_the_visit(shop, shelf):
    client = visitor(shop)
    add(client, shelf())
    client.get("/en/checkout/")
    client.head("/en/checkout/")

    assert [visit.pageviews for visit in written(shop)] == [1]


# The API ---------------------------------------------------------------------------------------------


def test_a_visit_is_announced_and_named_by_an_order(shop, shelf, at):
    item = shelf()
    client = visitor(shop)

    answer = announce(client, referrer="https://l.snapchat.com/x?y=1")
    assert answer.status_code == 201, answer.text
    placed = place(at, shop, item, visit=answer.json()["visit"])

    assert placed.status_code == 201
    (order,) = orders_of(shop)
    visit = visit_of(shop, order)
    assert visit.landing_path == "/ar/items/oud-oil/"
    assert (visit.utm_campaign, visit.channel, visit.language) == ("رمضان", "Paid Social", "ar")
    assert visit.referrer == "https://l.snapchat.com/x"
    assert [row.id for row in written(shop)] == [order.utm_visit_id]


def test_pages_and_announcements_are_of_one_visit(shop):
    client = visitor(shop)
    client.get("/en/?utm_source=a&utm_campaign=b")
    first = announce(client, f"http://{shop.slug}.localhost/en/items/").json()["visit"]
    second = announce(client, f"http://{shop.slug}.localhost/en/").json()["visit"]

    (visit,) = written(shop)

    assert visit.pageviews == 3
    with scopes.tenant(shop.id):
        assert visits.visit_of_submission(first) == visits.visit_of_submission(second) == visit.id


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "landing_url"),
        ({"landing_url": ""}, "landing_url"),
        ({"landing_url": "/en/"}, "landing_url"),
        ({"landing_url": "javascript:alert(1)"}, "landing_url"),
        ({"landing_url": "https://"}, "landing_url"),
        ({"landing_url": "https://[::1"}, "landing_url"),
        ({"landing_url": "https://a.example/" + "x" * 9000}, "landing_url"),
        ({"landing_url": "https://a.example/\0"}, "landing_url"),
        ({"landing_url": ["https://a.example/"]}, "landing_url"),
        ({"landing_url": LANDING, "referrer": "x" * 9000}, "referrer"),
        ({"landing_url": LANDING, "referrer": {}}, "referrer"),
    ],
)
def test_what_is_no_page_is_refused(shop, sent, field):
    answer = visitor(shop).post("/api/v1/visits/", sent, content_type="application/json")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert written(shop) == []


@pytest.mark.parametrize(
    "landing",
    [
        "https://a.example",
        "https://a.example/%00%FF?utm_source=%00",
        "https://a.example/?" + "&".join(f"utm_source={n}" for n in range(500)),
        "HTTPS://A.EXAMPLE/AR/",
    ],
)
def test_odd_pages_are_visits(shop, landing):
    assert announce(visitor(shop), landing, referrer="no address").status_code == 201

    assert len(written(shop)) == 1


def test_announcements_are_limited(shop, monkeypatch):
    monkeypatch.setattr(api, "_AN_ADDRESS", RateLimit("visits", amount=2, seconds=60))
    client = visitor(shop)

    answers = [announce(client) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[2].json()["code"] == "rate_limited"
    assert int(answers[2].headers["Retry-After"]) > 0


def test_no_visit_is_no_matter(shop, shelf, at):
    item = shelf()
    for sent in ({}, {"visit": None}, {"visit": ""}):
        assert place(at, shop, item, **sent).status_code == 201

    assert [order.utm_visit_id for order in orders_of(shop)] == [None] * 3


def test_another_tenants_visit_is_none(shop, shelf, at, tenant_b):
    token = announce(visitor(tenant_b)).json()["visit"]

    assert place(at, shop, shelf(), visit=token).status_code == 201

    assert [order.utm_visit_id for order in orders_of(shop)] == [None]
    assert written(shop) == []


@pytest.mark.parametrize("change", [lambda text: text[:-9], lambda text: "x" + text, str.lower])
def test_a_forged_visit_is_none(shop, shelf, at, change):
    token = announce(visitor(shop)).json()["visit"]

    assert place(at, shop, shelf(), visit=change(token)).status_code == 201

    assert [order.utm_visit_id for order in orders_of(shop)] == [None]


def test_a_visit_of_another_day_is_none(shop, shelf, at, monkeypatch):
    token = announce(visitor(shop)).json()["visit"]
    monkeypatch.setattr(visits, "KEPT", -1)

    assert place(at, shop, shelf(), visit=token).status_code == 201

    assert [order.utm_visit_id for order in orders_of(shop)] == [None]


def test_a_signature_for_something_else_is_none(shop):
    with scopes.tenant(shop.id):
        cart = signing.TimestampSigner(salt=f"cart:{shop.id}").sign_object({"id": "x"})
        odd = signing.TimestampSigner(salt=f"visit:{shop.id}").sign_object([1])

        assert visits.visit_of_submission(cart) is None
        assert visits.visit_of_submission(odd) is None


def test_the_order_keeps_its_visit_though_valkey_lost_it(shop, shelf, at):
    token = announce(visitor(shop)).json()["visit"]
    valkey.counters().flushdb()

    assert place(at, shop, shelf(), visit=token).status_code == 201

    (order,) = orders_of(shop)
    assert visit_of(shop, order).utm_source == "snapchat"


def test_with_valkey_away_a_visit_can_be_announced(shop, shelf, at, monkeypatch):
    stream = gateway.Stream()
    stream.distrust(OSError("away"))
    monkeypatch.setattr(gateway, "stream", stream)
    monkeypatch.setattr("storefront.domain.visitors.salts", gateway.Salts())

    token = announce(visitor(shop)).json()["visit"]
    client = visitor(shop)
    add(client, shelf())
    assert form_of(client)["visit"] == ""

    assert place(at, shop, shelf(), visit=token).status_code == 201
    (order,) = orders_of(shop)
    assert visit_of(shop, order).channel == "Paid Social"


def test_a_refused_order_writes_no_visit(shop, shelf, at):
    token = announce(visitor(shop)).json()["visit"]

    assert place(at, shop, shelf(stock=0), visit=token).status_code == 409

    with scopes.tenant(shop.id):
        assert Visit.objects.count() == Order.objects.count() == 0


def test_the_visit_of_an_order_goes_on(shop, shelf, at):
    client = visitor(shop, user_agent=PHONE)
    token = announce(client).json()["visit"]
    place(at, shop, shelf(), visit=token)
    client.get("/en/")

    (visit,) = written(shop)

    assert visit.pageviews == 2
    assert isinstance(visit.id, UUID)
