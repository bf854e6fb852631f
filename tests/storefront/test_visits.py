"""Visits: which pages are counted, when one ends and another begins, and what is kept of them."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from storefront.domain import visits
from storefront.gateways.visits import stream
from storefront.models import Visit
from storefront.tasks import write_visits
from tenants import scopes
from tenants.gateways import valkey
from tests.storefront.visiting import BOT, LAPTOP, PHONE, rest, view_of, visitor, written

CAMPAIGN = "utm_source=instagram&utm_medium=paid_social&utm_campaign=ramadan"


def test_a_page_is_a_visit(tenant_a):
    visitor(tenant_a, referer="https://www.google.com/search?q=oud").get("/ar/items/?page=2")

    (visit,) = written(tenant_a)

    assert visit.landing_path == "/ar/items/"
    assert visit.language == "ar"
    assert (visit.source, visit.channel) == ("google", "Organic Search")
    assert (visit.referrer_host, visit.referrer) == (
        "www.google.com",
        "https://www.google.com/search",
    )
    assert visit.pageviews == 1
    assert not visit.is_bot
    assert len(visit.visitor) == 16
    assert visit.started_at == visit.last_seen_at
    assert visit.id.version == 7


def test_the_way_in_keeps_the_campaign(tenant_a):
    client = visitor(tenant_a, accept_language="ar")

    client.get(f"/?{CAMPAIGN}", follow=True)

    (visit,) = written(tenant_a)
    assert (visit.utm_source, visit.utm_medium, visit.utm_campaign) == (
        "instagram",
        "paid_social",
        "ramadan",
    )
    assert visit.channel == "Paid Social"
    assert visit.pageviews == 1


def test_further_pages_are_of_the_same_visit(tenant_a):
    client = visitor(tenant_a)
    for path in (f"/en/?{CAMPAIGN}", "/en/items/", "/ar/items/", f"/en/?{CAMPAIGN}", "/en/cart/"):
        client.get(path, headers={"referer": f"http://{tenant_a.slug}.localhost/en/"})

    (visit,) = written(tenant_a)

    assert visit.pageviews == 5
    assert visit.utm_campaign == "ramadan"
    assert visit.last_seen_at >= visit.started_at


def test_whoever_comes_back_within_half_an_hour_goes_on(tenant_a):
    client = visitor(tenant_a)
    client.get(f"/en/?{CAMPAIGN}")
    rest(tenant_a, minutes=29)
    client.get("/en/")
    rest(tenant_a, minutes=29)
    client.get("/en/")

    (visit,) = written(tenant_a)

    assert visit.pageviews == 3


def test_after_half_an_hour_it_is_another_visit_of_the_same_visitor(tenant_a):
    client = visitor(tenant_a)
    client.get("/en/")
    rest(tenant_a, minutes=31)
    client.get("/en/")

    first, second = written(tenant_a)

    assert bytes(first.visitor) == bytes(second.visitor)
    assert second.pageviews == 1


@pytest.mark.parametrize(
    "query", [CAMPAIGN.replace("ramadan", "eid"), "gclid=abc", "utm_source=newsletter", "fbclid=x"]
)
def test_another_campaign_or_click_begins_another_visit(tenant_a, query):
    client = visitor(tenant_a)
    client.get(f"/en/?{CAMPAIGN}")
    client.get(f"/en/?{query}")
    client.get("/en/items/")

    first, second = written(tenant_a)

    assert (first.utm_campaign, first.pageviews) == ("ramadan", 1)
    assert second.pageviews == 2
    assert second.utm_campaign != "ramadan"


def test_neither_a_direct_return_nor_another_site_begins_another_visit(tenant_a):
    client = visitor(tenant_a)
    client.get(f"/en/?{CAMPAIGN}")
    client.get("/en/items/")
    client.get("/en/", headers={"referer": "https://www.google.com/"})

    assert [visit.channel for visit in written(tenant_a)] == ["Paid Social"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"user_agent": PHONE}, {"user_agent": LAPTOP}),
        ({"address": "203.0.113.7"}, {"address": "203.0.113.8"}),
        ({"address": "2001:db8:1::1"}, {"address": "2001:db8:2::1"}),
    ],
)
def test_visitors_are_told_apart_by_address_and_browser(tenant_a, one, other):
    for who in (one, other):
        visitor(tenant_a, **who).get("/en/")

    assert len({bytes(visit.visitor) for visit in written(tenant_a)}) == 2


def test_a_household_of_ipv6_with_one_kind_of_phone_is_one_visitor(tenant_a):
    for address in ("2001:db8:1::1", "2001:db8:1::2"):
        visitor(tenant_a, address=address).get("/en/")

    assert [visit.pageviews for visit in written(tenant_a)] == [2]


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("head", "/en/", {}),
        ("get", "/", {}),
        ("get", "/en/nothing-here/", {}),
        ("get", "/en/checkout/", {}),  # an empty cart leads away
        ("get", "/api/v1/items/", {}),
        ("get", "/api/v1/docs/", {}),
        ("get", "/en/theme/1/1a7f5a.css", {}),
        ("get", "/livez", {}),
        ("post", "/en/cart/lines/", {}),
        ("get", "/en/", {"sec-purpose": "prefetch"}),
        ("get", "/en/", {"sec-purpose": "prefetch;prerender"}),
        ("get", "/en/", {"purpose": "prefetch"}),
        ("get", "/en/", {"hx-request": "true"}),
        ("get", "/en/", {"sec-fetch-dest": "iframe"}),
        ("get", "/en/", {"sec-fetch-dest": "empty"}),
    ],
)
def test_what_nobody_looks_at_is_not_counted(tenant_a, method, path, headers):
    getattr(visitor(tenant_a, **headers), method)(path)

    assert written(tenant_a) == []


def test_a_page_of_app_is_no_visit(real_db, at):
    valkey.counters().delete("platform:visits:waiting")

    at("app", user_agent=PHONE).get("/login/")

    stream.settle()
    assert valkey.counters().smembers("platform:visits:waiting") == set()


def test_bots_are_kept_apart(tenant_a):
    visitor(tenant_a, user_agent=BOT).get("/en/")
    visitor(tenant_a, user_agent="").get("/en/")
    visitor(tenant_a).get("/en/")

    assert sorted(visit.is_bot for visit in written(tenant_a)) == [False, True, True]


@pytest.mark.parametrize(
    "query",
    [
        "utm_source=%00&utm_campaign=%00a%00",
        "utm_source=" + "a" * 10_000,
        "utm_source=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "utm_source=a&utm_source=b&utm_source=c",
        "utm_source=%FF%FE&gclid=%ED%A0%80",
        "&&&===&utm_source&%%%",
        "utm_source='%3B+DROP+TABLE+utm_visits%3B--",
        "utm_source=a|b|c&utm_campaign={%22id%22:1}",
    ],
)
def test_a_hostile_address_is_a_visit_like_any_other(tenant_a, query):
    response = visitor(tenant_a, referer="http://[::1\x01?\xff").get(f"/en/?{query}")

    assert response.status_code == 200
    assert len(written(tenant_a)) == 1


def test_a_page_takes_no_query_and_sets_no_cookie_for_it(tenant_a):
    client = visitor(tenant_a)
    client.get("/en/")

    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"/en/?{CAMPAIGN}")

    assert not [query for query in queries if "utm_visits" in query["sql"]]
    assert len(queries) == 2  # the settings, no items
    assert "Set-Cookie" not in response.headers


def test_no_address_and_no_browser_is_kept_anywhere(tenant_a):
    visitor(tenant_a, address="198.51.100.77").get("/en/")
    stream.settle()

    client = valkey.counters()
    kept = [
        *(str(client.hgetall(key)) for key in client.scan_iter(match=f"{tenant_a.id}:visit*")),
        *(str(vars(visit)) for visit in written(tenant_a)),
    ]

    assert len(kept) == 3
    assert not [text for text in kept if "198.51.100" in text or "iPhone" in text]


def test_a_visit_over_midnight_is_one_and_of_the_day_it_began(tenant_a):
    before = datetime(2026, 11, 23, 20, 50, tzinfo=UTC)  # ten to midnight in Kuwait
    with scopes.tenant(tenant_a.id):
        for minutes in (0, 20):
            visits.see(view_of(tenant_a), now=before + timedelta(minutes=minutes))
            stream.settle()

    (visit,) = written(tenant_a)

    assert visit.pageviews == 2
    assert visit.local_day == date(2026, 11, 23)
    assert visit.last_seen_at - visit.started_at == timedelta(minutes=20)


def test_the_next_day_the_same_person_is_another_visitor(tenant_a):
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    with scopes.tenant(tenant_a.id):
        for days in (0, 1):
            visits.see(view_of(tenant_a), now=now + timedelta(days=days))
            rest(tenant_a, minutes=31)

    assert len({bytes(visit.visitor) for visit in written(tenant_a)}) == 2


def test_the_day_is_kuwaits(tenant_a):
    with scopes.tenant(tenant_a.id):
        visits.see(view_of(tenant_a), now=datetime(2026, 11, 23, 21, 30, tzinfo=UTC))

    assert [visit.local_day for visit in written(tenant_a)] == [date(2026, 11, 24)]


def test_a_visit_of_one_tenant_is_in_no_other(tenant_a, tenant_b):
    visitor(tenant_a).get("/en/")
    visitor(tenant_b).get("/en/")
    visitor(tenant_b).get("/en/items/")
    stream.settle()

    assert write_visits.apply().get() >= 2

    mine, theirs = written(tenant_a), written(tenant_b)
    assert [visit.pageviews for visit in mine] == [1]
    assert [visit.pageviews for visit in theirs] == [2]
    assert bytes(mine[0].visitor) != bytes(theirs[0].visitor)


def test_the_task_leaves_nothing_behind(tenant_a):
    visitor(tenant_a).get("/en/")
    stream.settle()

    write_visits.apply()

    assert not valkey.counters().exists(f"{tenant_a.id}:visits")
    assert str(tenant_a.id) not in valkey.counters().smembers("platform:visits:waiting")
    with scopes.tenant(tenant_a.id):
        assert Visit.objects.count() == 1


def test_the_buffer_of_a_tenant_that_is_no_more_is_dropped(real_db):
    gone = UUID("0190a0a0-0000-7000-8000-000000000001")
    client = valkey.counters()
    client.hset(f"{gone}:visits", "x", "1|1|{}")
    client.sadd("platform:visits:waiting", str(gone))

    write_visits.apply()

    assert not client.exists(f"{gone}:visits")
    assert str(gone) not in client.smembers("platform:visits:waiting")
