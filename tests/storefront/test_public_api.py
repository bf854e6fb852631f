"""The public API of the storefront and its catalog."""

from base64 import b64encode
from decimal import Decimal
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from storefront.models import CatalogItem, MediaAsset
from tenants import scopes

RENDITIONS = [
    {"name": f"items/x-{width}.webp", "width": width, "height": width, "content_type": "image/webp"}
    for width in (320, 640)
]


def encoded(cursor):
    """A cursor as it stands in an address."""
    return quote(b64encode(cursor.encode()).decode())


@pytest.fixture
def put(tenant_a):
    """Puts items on a shop's shelf."""

    def make(number=1, **fields):
        made = []
        with scopes.tenant(tenant_a.id):
            start = CatalogItem.objects.count()
            for position in range(start, start + number):
                values = {
                    "kind": "product", "slug": f"item-{position}", "name_ar": f"قطعة {position}",
                    "name_en": f"Thing {position}", "price": Decimal("1.250"),
                    "status": "published", "position": position, **fields,
                }  # fmt: skip
                item = CatalogItem.objects.create(**values)
                MediaAsset.objects.create(item=item, renditions=RENDITIONS, alt_en="A thing")
                made.append(item)
        return made

    return make


@pytest.fixture
def get(tenant_a, at):
    """Reads the shop's API."""

    def read(path, language="en"):
        return at(tenant_a.slug).get(f"/api/v1/{path}", headers={"Accept-Language": language})

    return read


def test_the_storefront(tenant_a, get):
    body = get("storefront/").json()

    assert body["slug"] == tenant_a.slug
    assert (body["name"], body["currency"], body["accepts"]) == ("Shop", "KWD", ["orders"])
    assert (body["languages"], body["default_language"]) == (["ar", "en"], "ar")
    assert body["colors"]["accent"] == "#0f6b5c"
    assert set(body) >= {"logo", "contact"}
    assert get("storefront/", "ar").json()["name"] == "متجر"


@pytest.mark.parametrize(
    ("slug", "accepts"),
    [
        ("oud-house", ["orders"]),
        ("ghaith", ["donations", "pledges"]),
        ("green-school", ["orders", "donations", "pledges"]),
    ],
)
def test_what_each_kind_takes(real_db, at, slug, accepts):
    assert at(slug).get("/api/v1/storefront/").json()["accepts"] == accepts


def test_the_list_has_what_the_contract_names(tenant_a, put, get):
    (item,) = put()

    body = get("items/").json()

    assert set(body) == {"next", "previous", "results"}
    shown = body["results"][0]
    image = shown.pop("image")
    assert shown == {
        "id": str(item.id),
        "slug": "item-0",
        "kind": "product",
        "name": "Thing 0",
        "price": "1.250",
        "currency": "KWD",
        "available": True,
        "url": f"http://{tenant_a.slug}.localhost/en/items/item-0/",
    }
    assert (image["width"], image["alt"], len(image["renditions"])) == (640, "A thing", 2)
    assert get("items/", "ar").json()["results"][0]["name"] == "قطعة 0"


def test_one_item(put, get):
    put(description_en="Long.", kind="project", price=None, goal=Decimal("1500.000"))

    body = get("items/item-0/").json()

    assert (body["price"], body["goal"], body["description"]) == (None, "1500.000", "Long.")
    assert body["variants"] == []
    assert len(body["images"]) == 1


def test_visitors_see_what_is_published(put, get):
    put(1, status="draft")
    put(1, status="archived")

    assert get("items/").json()["results"] == []
    assert get("items/item-0/").status_code == 404
    assert get("items/item-1/").json()["code"] == "not_found"
    assert get("items/nothing/").status_code == 404
    assert get("items/a%00b/").status_code == 404


def test_sold_out_is_shown_and_not_available(put, get):
    put(stock=0)

    assert get("items/").json()["results"][0]["available"] is False


def test_pages_go_on_and_back_and_miss_nothing(put, get):
    put(55, position=7)  # all alike in what they are ordered by first
    seen, path = [], "items/"
    while path:
        body = get(path).json()
        seen += [item["slug"] for item in body["results"]]
        path = (body["next"] or "").partition("/api/v1/")[2]

    assert len(seen) == 55
    assert sorted(set(seen)) == sorted(seen)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?kind=product", ["item-0"]),
        ("?kind=project", ["item-1"]),
        ("?search=thing+1", ["item-1"]),
        ("?search=قطعة", ["item-0", "item-1"]),
        ("?search=%25", ["item-0", "item-1"]),
        ("?category=none", []),
        ("?kind=&search=", ["item-0", "item-1"]),
    ],
)
def test_the_list_can_be_narrowed(put, get, query, found):
    put(1)
    put(1, kind="project")

    assert [item["slug"] for item in get(f"items/{query}").json()["results"]] == found


@pytest.mark.parametrize(
    ("query", "field"),
    [("?kind=car", "kind"), ("?search=%00", "search"), ("?search=" + "x" * 101, "search")],
)
def test_broken_filters_are_told(put, get, query, field):
    response = get(f"items/{query}")

    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]


CURSORS = ["p=foo", "p=%00", "p=", "p=9999999-01-01", "p=2026-01-01T00:00:00", "o=-1", "o=x", "r=x"]


@pytest.mark.parametrize("cursor", ["x", "a" * 3000, *map(encoded, CURSORS)])
def test_a_broken_cursor_leads_nowhere(put, get, cursor):
    put()

    assert get(f"items/?cursor={cursor}").status_code == 404


def test_a_cursor_beyond_all_rows_is_an_empty_page(put, get):
    put()

    beyond = encoded("p=" + "9" * 30)
    assert get(f"items/?cursor={beyond}").json()["results"] == []


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_takes_two_queries_however_long(put, get, number):
    put(number)
    get("items/")

    with CaptureQueriesContext(connection) as queries:
        assert len(get("items/").json()["results"]) == number

    assert len(queries) == 2


def test_the_schema_and_its_page(real_db, at):
    client = at("oud-house")
    schema = client.get("/api/v1/schema/", headers={"Accept": "application/json"})
    page = client.get("/api/v1/docs/", headers={"Accept": "text/html"})

    assert schema.status_code == 200
    paths = schema.json()["paths"]
    assert set(paths) == {
        "/api/v1/storefront/", "/api/v1/items/", "/api/v1/items/{slug}/", "/api/v1/orders/",
        "/api/v1/categories/", "/api/v1/visits/", "/api/v1/track/{token}/",
    }  # fmt: skip
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert "Set-Cookie" not in page.headers
