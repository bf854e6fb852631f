"""The staff's API of the catalog."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from storefront.models import CatalogItem, MediaAsset
from tenants import scopes
from tenants.enums import Role
from tenants.models import AuditEntry, TenantMember
from tests.capture.test_public_api import problem
from tests.capture.test_staff_api import APP, logged_in

OIL = {
    "kind": "product",
    "slug": "oud-oil",
    "name_ar": "دهن عود",
    "name_en": "Oud oil",
    "description_ar": "",
    "description_en": "Aged.\r\nFrom Assam.",
    "price": "12.5",
    "status": "published",
    "stock": 100,
    "goal": None,
    "media": [],
}


@pytest.fixture
def staff(tenant_a, user):
    """A client logged in as staff of a shop."""
    with scopes.tenant(tenant_a.id):
        TenantMember.objects.create(tenant=tenant_a, user=user, role=Role.STAFF)
    return logged_in(user)


@pytest.fixture
def api(tenant_a, staff):
    """Calls the shop's staff API: `api("post", "items/", body)`."""

    def call(method, path, body=None):
        address = f"/{tenant_a.slug}/api/v1/{path}"
        if method == "get":
            return staff.get(address)
        return getattr(staff, method)(address, body, content_type="application/json")

    return call


@pytest.fixture
def picture(tenant_a):
    """Makes a picture in the shop."""

    def make(tenant=tenant_a, **fields):
        with scopes.tenant(tenant.id):
            return MediaAsset.objects.create(**fields)

    return make


def count(tenant):
    with scopes.tenant(tenant.id):
        return CatalogItem.objects.count()


def test_an_item_is_written_and_read(tenant_a, api, at):
    written = api("post", "items/", OIL)

    body = written.json()
    assert written.status_code == 201, body
    assert (body["price"], body["stock"], body["goal"], body["media"]) == ("12.500", 100, None, [])
    assert body["description_en"] == "Aged.\nFrom Assam."
    assert body["version"] == 1
    assert written.headers["Location"].endswith(f"/{tenant_a.slug}/api/v1/items/{body['id']}/")
    assert api("get", f"items/{body['id']}/").json() == body
    assert api("get", "items/oud-oil/").json() == body
    shown = at(tenant_a.slug).get("/api/v1/items/oud-oil/").json()
    assert (shown["id"], shown["price"]) == (body["id"], "12.500")


def test_a_slug_that_looks_like_an_id_is_a_slug(api):
    slug = "0123456789abcdef0123456789abcdef"
    api("post", "items/", {**OIL, "slug": slug})

    assert api("get", f"items/{slug}/").json()["slug"] == slug


def test_a_new_item_is_a_draft_at_the_end(api, at, tenant_a):
    for slug in ("one", "two-2", "three"):
        api("post", "items/", {"kind": "service", "slug": slug, "name_ar": "خدمة", "name_en": "A"})

    shown = api("get", "items/").json()["results"]
    assert [item["slug"] for item in shown] == ["one", "two-2", "three"]
    assert {item["status"] for item in shown} == {"draft"}
    assert at(tenant_a.slug).get("/api/v1/items/").json()["results"] == []


def test_some_fields_or_all_can_be_written(api):
    api("post", "items/", OIL)

    patched = api("patch", "items/oud-oil/", {"price": "١٣٫٢٥٠", "stock": None}).json()
    put = api("put", "items/oud-oil/", {**OIL, "name_en": "Old oud", "stock": 3}).json()

    assert (patched["price"], patched["stock"], patched["name_en"]) == ("13.250", None, "Oud oil")
    assert (patched["version"], put["version"]) == (2, 3)
    assert (put["price"], put["stock"], put["name_en"]) == ("12.500", 3, "Old oud")


def test_who_saw_an_older_version_is_told(api):
    api("post", "items/", OIL)
    api("patch", "items/oud-oil/", {"price": "13"})

    problem(api("patch", "items/oud-oil/", {"price": "14", "version": 1}), 409, "stale_version")
    assert api("get", "items/oud-oil/").json()["price"] == "13.000"


def test_an_item_is_deleted(tenant_a, api):
    api("post", "items/", OIL)

    assert api("delete", "items/oud-oil/").status_code == 204
    problem(api("delete", "items/oud-oil/"), 404, "not_found")
    problem(api("get", "items/oud-oil/"), 404, "not_found")
    assert count(tenant_a) == 0


def test_each_change_is_in_the_audit_log(tenant_a, api, user):
    api("post", "items/", OIL)
    api("patch", "items/oud-oil/", {"price": "13"})
    api("delete", "items/oud-oil/")

    with scopes.tenant(tenant_a.id):
        entries = AuditEntry.objects.filter(action__startswith="item.").order_by("created_at")
        told = [(entry.action, entry.actor_id) for entry in entries]
    assert told == [(f"item.{act}", user.id) for act in ("created", "updated", "deleted")]


BROKEN = {
    "no kind": ({"kind": None}, "kind"),
    "another kind": ({"kind": "car"}, "kind"),
    "capitals": ({"slug": "Oud-Oil"}, "slug"),
    "a path": ({"slug": "../x"}, "slug"),
    "a page of ours": ({"slug": "new"}, "slug"),
    "no name": ({"name_ar": " "}, "name_ar"),
    "NUL": ({"name_en": "a\x00"}, "name_en"),
    "long name": ({"name_en": "x" * 161}, "name_en"),
    "long text": ({"description_en": "x" * 10_001}, "description_en"),
    "negative price": ({"price": "-1"}, "price"),
    "four decimals": ({"price": "1.2345"}, "price"),
    "exponent": ({"price": "1e3"}, "price"),
    "too dear": ({"price": "1000000000"}, "price"),
    "comma": ({"price": "12,500"}, "price"),
    "negative stock": ({"stock": -1}, "stock"),
    "too much stock": ({"stock": 1_000_001}, "stock"),
    "half a piece": ({"stock": 1.5}, "stock"),
    "no such status": ({"status": "sold"}, "status"),
    "a product's goal": ({"goal": "5"}, "goal"),
    "a project's price": ({"kind": "project"}, "price"),
    "a picture that isn't": ({"media": ["x"]}, "media"),
    "nobody's picture": ({"media": [str(uuid4())]}, "media"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_input_is_told_at_its_field(tenant_a, api, case):
    fields, name = BROKEN[case]

    document = problem(api("post", "items/", {**OIL, **fields}), 400, "invalid")

    assert name in document["errors"]
    assert count(tenant_a) == 0


def test_a_slug_is_one_items(tenant_a, api):
    api("post", "items/", OIL)
    api("post", "items/", {**OIL, "slug": "other"})

    assert list(problem(api("post", "items/", OIL), 400, "invalid")["errors"]) == ["slug"]
    taken = problem(api("patch", "items/other/", {"slug": "oud-oil"}), 400, "invalid")
    assert taken["errors"]["slug"]
    assert count(tenant_a) == 2


def test_pictures_are_shown_in_their_order(api, picture):
    one, two, three = picture(), picture(), picture()
    api("post", "items/", {**OIL, "media": [str(two.id), str(one.id)]})

    assert api("get", "items/oud-oil/").json()["media"] == [str(two.id), str(one.id)]
    changed = api("patch", "items/oud-oil/", {"media": [str(three.id), str(two.id)]}).json()
    assert changed["media"] == [str(three.id), str(two.id)]
    assert api("patch", "items/oud-oil/", {"price": "1"}).json()["media"] == changed["media"]


def test_anothers_picture_is_refused_and_nothing_changes(tenant_a, tenant_b, api, picture):
    theirs = picture(tenant_b)
    api("post", "items/", OIL)

    document = problem(
        api("patch", "items/oud-oil/", {"price": "1", "media": [str(theirs.id)]}), 400, "invalid"
    )

    assert list(document["errors"]) == ["media"]
    with scopes.tenant(tenant_a.id):
        assert CatalogItem.objects.get().price == Decimal("12.500")


def test_the_list_can_be_narrowed(api):
    api("post", "items/", OIL)
    api("post", "items/", {**OIL, "slug": "evening", "kind": "service", "status": "archived"})

    def slugs(query):
        return [item["slug"] for item in api("get", f"items/?{query}").json()["results"]]

    assert slugs("") == ["oud-oil", "evening"]
    assert slugs("status=archived") == slugs("kind=service") == ["evening"]
    assert slugs("search=even") == ["evening"]
    problem(api("get", "items/?status=sold"), 400, "invalid")


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_takes_the_same_queries_however_long(api, number):
    for each in range(number):
        api("post", "items/", {**OIL, "slug": f"oil-{each}"})

    with CaptureQueriesContext(connection) as queries:
        assert len(api("get", "items/").json()["results"]) == number

    # Session, person, membership; then items, their pictures, variants and categories.
    assert len(queries) == 7


def test_another_tenants_items_dont_exist(tenant_a, tenant_b, api, staff):
    with scopes.tenant(tenant_b.id):
        theirs = CatalogItem.objects.create(kind="product", slug="theirs", name_ar="ا", name_en="a")

    for method in ("get", "patch", "delete"):
        problem(api(method, f"items/{theirs.id}/", {}), 404, "not_found")
    problem(staff.get(f"/{tenant_b.slug}/api/v1/items/"), 404, "not_found")
    problem(
        staff.post(f"/{tenant_b.slug}/api/v1/items/", OIL, content_type="application/json"),
        404,
        "not_found",
    )
    assert count(tenant_b) == 1


def test_a_forged_request_is_refused(tenant_a, staff):
    forged = Client(enforce_csrf_checks=True, **APP)
    forged.cookies = staff.cookies

    response = forged.post(f"/{tenant_a.slug}/api/v1/items/", OIL, content_type="application/json")

    problem(response, 403, "csrf_failed")
    assert count(tenant_a) == 0


FULL = {
    "variants": [
        {"name_ar": "صغير", "name_en": "Small", "price": "5", "stock": 4},
        {"name_ar": "كبير", "name_en": "Large", "price": "9.500", "stock": None},
    ],
    "is_featured": True,
    "publish_at": "2026-12-01T09:00:00+03:00",
}


@pytest.fixture
def category(api):
    body = {"name_ar": "الدهون", "name_en": "Oils"}
    return api("post", "categories/", body).json()


def test_an_item_is_written_with_all_that_belongs_to_it(api, category):
    sent = {**OIL, **FULL, "categories": ["oils"]}
    sent.pop("slug")

    written = api("post", "items/", sent).json()

    assert written["slug"] == "oud-oil"
    assert [(one["name_en"], one["price"], one["stock"]) for one in written["variants"]] == [
        ("Small", "5.000", 4),
        ("Large", "9.500", None),
    ]
    assert (written["price"], written["stock"]) == ("5.000", None)
    assert written["categories"] == [category]
    assert (written["is_featured"], written["ends_on"]) == (True, None)
    assert written["publish_at"].startswith("2026-12-01T")
    assert api("post", "items/", sent).json()["slug"] == "oud-oil-2"
    assert api("get", "items/?category=oils").json()["results"][0] == written
    assert api("get", "items/?category=none").json()["results"] == []


def test_what_belongs_to_an_item_stays_if_it_is_left_out(api, category):
    written = api("post", "items/", {**OIL, **FULL, "categories": [category["id"]]}).json()

    put = api("put", "items/oud-oil/", {**OIL, "name_en": "Oil"}).json()
    patched = api("patch", "items/oud-oil/", {"variants": [written["variants"][1]]}).json()
    emptied = api(
        "patch", "items/oud-oil/", {"variants": [], "categories": [], "price": "3"}
    ).json()

    assert (put["variants"], put["categories"]) == (written["variants"], [category])
    assert (put["is_featured"], put["publish_at"]) == (False, None)
    assert patched["variants"] == written["variants"][1:]
    assert (emptied["variants"], emptied["categories"], emptied["price"]) == ([], [], "3.000")


SMALL = FULL["variants"][0]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"variants": [{**SMALL, "price": "1.0005"}]}, "variants"),
        ({"variants": [{**SMALL, "price": "NaN"}]}, "variants"),
        ({"variants": [{**SMALL, "stock": -1}]}, "variants"),
        ({"variants": [{**SMALL, "name_ar": " "}]}, "variants"),
        ({"variants": [{**SMALL, "name_en": "x" * 81}]}, "variants"),
        ({"variants": [SMALL, SMALL]}, "variants"),
        ({"variants": [{**SMALL, "id": str(uuid4())}]}, "variants"),
        ({"variants": [SMALL] * 101}, "variants"),
        ({"variants": "many"}, "variants"),
        ({"variants": [None]}, "variants"),
        ({"categories": ["none"]}, "categories"),
        ({"categories": [str(uuid4())]}, "categories"),
        ({"categories": [None]}, "categories"),
        ({"categories": ["x\x00"]}, "categories"),
        ({"publish_at": "soon"}, "publish_at"),
        ({"publish_at": "9999-12-31T23:59:59Z"}, "publish_at"),
        ({"ends_on": "2027-01-01"}, "ends_on"),
    ],
)
def test_what_is_wrong_with_them_is_told_and_changes_nothing(api, category, changed, field):
    written = api("post", "items/", {**OIL, "variants": [SMALL]}).json()

    refused = api("patch", "items/oud-oil/", changed)

    assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
    assert api("get", "items/oud-oil/").json() == written


def test_arabic_digits_are_a_price(api):
    variant = {**SMALL, "price": "١٢٫٥"}

    assert api("post", "items/", {**OIL, "variants": [variant]}).json()["price"] == "12.500"


def test_categories_are_written_read_ordered_and_deleted(api, category):
    other = api("post", "categories/", {"name_ar": "البخور", "name_en": "Bukhoor"})
    musk = {"name_ar": "المسك", "name_en": "Musk & more", "slug": "musk"}
    names = lambda: [one["slug"] for one in api("get", "categories/").json()["results"]]  # noqa: E731 (asked twice)

    assert (other.status_code, other.json()["slug"]) == (201, "bukhoor")
    assert other.headers["Location"].endswith(f"/api/v1/categories/{other.json()['id']}/")
    assert api("get", "categories/oils/").json() == category
    assert api("put", f"categories/{category['id']}/", musk).json() == {
        **musk,
        "id": category["id"],
    }
    assert api("patch", "categories/musk/", {"name_en": "Musk"}).json()["slug"] == "musk"
    order = {"categories": [other.json()["id"], category["id"]]}
    assert api("post", "categories/order/", order).status_code == 204
    assert names() == ["bukhoor", "musk"]
    assert api("delete", "categories/bukhoor/").status_code == 204
    assert names() == ["musk"]
    for path in ("bukhoor", str(uuid4())):
        assert api("delete", f"categories/{path}/").status_code == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name_ar": ""}, "name_ar"),
        ({"name_en": "x" * 81}, "name_en"),
        ({"slug": "oils"}, "slug"),
        ({"slug": "Not A Slug"}, "slug"),
        ({"slug": "order"}, "slug"),
        ({"slug": ""}, "slug"),
    ],
)
def test_what_is_wrong_with_a_category_is_told(api, category, changed, field):
    refused = api("post", "categories/", {"name_ar": "مسك", "name_en": "Musk", **changed})

    assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
    assert api("get", "categories/").json()["results"] == [category]


def test_items_are_put_in_order(api):
    ids = [api("post", "items/", {**OIL, "slug": f"oil-{n}"}).json()["id"] for n in range(3)]
    order = lambda: [one["id"] for one in api("get", "items/").json()["results"]]  # noqa: E731 (asked twice)

    assert api("post", "items/order/", {"items": ids[::-1]}).status_code == 204
    assert order() == ids[::-1]
    for wrong in ([], [str(uuid4()), *ids], ["x"], None):
        refused = api("post", "items/order/", {"items": wrong})
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["items"])
    assert order() == ids[::-1]


def test_many_items_are_changed_at_once_or_none(tenant_a, api, category):
    ids = [api("post", "items/", {**OIL, "slug": f"oil-{n}"}).json()["id"] for n in range(2)]
    gone = str(uuid4())

    for body in (
        {"items": ids, "action": "add_category", "category": "oils"},
        {"items": ids, "action": "archive"},
    ):
        assert api("post", "items/bulk/", body).json() == {"changed": 2}
        assert api("post", "items/bulk/", body).json() == {"changed": 0}
    assert [
        (one["status"], one["categories"]) for one in api("get", "items/").json()["results"]
    ] == [("archived", [category])] * 2

    for body, field in (
        ({"items": [*ids, gone], "action": "delete"}, gone),
        ({"items": ids, "action": "burn"}, "action"),
        ({"items": [], "action": "delete"}, "items"),
        ({"items": ids, "action": "add_category", "category": "none"}, "category"),
        ({"items": ids, "action": "remove_category"}, "category"),
    ):
        refused = api("post", "items/bulk/", body)
        assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
    assert count(tenant_a) == 2
    assert api("post", "items/bulk/", {"items": ids, "action": "delete"}).json() == {"changed": 2}
    assert count(tenant_a) == 0
