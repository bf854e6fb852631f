"""The OpenAPI documents of both APIs: valid, complete, in English, and each where its API is."""

import json
import re

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from config.urls import identity_api, public_api
from dashboards.urls import api as staff_api
from tenants import scopes
from tenants.api import schemas
from tenants.models import User

JSON = {"Accept": "application/json"}


def built(endpoints):
    return schemas.document_of(tuple(endpoints))


@pytest.fixture
def fresh():
    """As in a new process."""
    schemas.document_of.cache_clear()
    GENERATOR_STATS.reset()
    yield
    schemas.document_of.cache_clear()


@pytest.fixture
def staff(real_db, at):
    client = at("app")
    with scopes.public():
        client.force_login(User.objects.get(email="staff@oud-house.example"))
    return client


def in_schema(document, name):
    return document["components"]["schemas"][name]


@pytest.mark.parametrize("module", [public_api, staff_api, identity_api])
def test_the_documents_are_valid_and_built_without_a_warning(fresh, module, capsys):
    document = built(module._endpoints)

    validate_schema(document)
    assert not GENERATOR_STATS
    assert capsys.readouterr().err == ""
    # Every operation tells of its refusals with the one component.
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                if int(status) < 400:
                    continue
                assert answer["content"] == {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }, (path, method)
                assert answer["description"]
    assert set(in_schema(document, "Problem")["required"]) == {
        "type", "title", "status", "code", "detail", "errors",
    }  # fmt: skip


def test_what_placing_an_order_answers(fresh):
    order = built(public_api._endpoints)["paths"]["/api/v1/orders/"]["post"]

    assert set(order["responses"]) == {"201", "400", "409", "422", "429"}
    assert set(order["responses"]["201"]["headers"]) == {"Location", "Idempotent-Replayed"}
    assert set(order["responses"]["429"]["headers"]) == {"Retry-After"}
    assert "`price_changed`" in order["responses"]["409"]["description"]
    assert [each["name"] for each in order["parameters"]] == ["Idempotency-Key"]


def test_money_and_pictures_have_types(fresh):
    document = built(public_api._endpoints)
    detail = in_schema(document, "ItemDetail")["properties"]

    assert detail["goal"]["type"] == "string"
    assert detail["goal"]["nullable"]
    assert re.fullmatch(detail["goal"]["pattern"], "1500.000")
    assert not re.fullmatch(detail["goal"]["pattern"], "1500.00")
    assert detail["image"]["allOf"] == [{"$ref": "#/components/schemas/Image"}]
    assert detail["image"]["nullable"]
    assert detail["images"]["items"] == {"$ref": "#/components/schemas/Image"}
    assert detail["variants"]["items"] == {"$ref": "#/components/schemas/Variant"}
    assert {"url", "width", "height", "alt"} <= set(in_schema(document, "Image")["properties"])


def test_a_document_is_english_whoever_asks_first(fresh, real_db, at):
    documents = [
        at("oud-house").get("/api/v1/schema/", headers={**JSON, "Accept-Language": language}).json()
        for language in ("ar", "en")
    ]

    assert documents[0] == documents[1]
    assert not re.search("[\u0600-\u06ff]", json.dumps(documents[0], ensure_ascii=False))


def test_a_document_is_built_once(fresh, real_db, at, monkeypatch):
    count = []
    real = SchemaGenerator.get_schema
    monkeypatch.setattr(
        SchemaGenerator, "get_schema", lambda *args, **kw: count.append(1) or real(*args, **kw)
    )
    for slug in ("oud-house", "ghaith", "oud-house"):
        assert at(slug).get("/api/v1/schema/", headers=JSON).status_code == 200

    assert len(count) == 1


def test_the_staffs_document_is_where_their_api_is(fresh, staff):
    document = staff.get("/oud-house/api/v1/schema/", headers=JSON).json()

    validate_schema(document)
    assert document["servers"] == [{"url": "/oud-house"}]
    assert set(document["paths"]) == {
        "/api/v1/items/", "/api/v1/items/{item}/", "/api/v1/items/bulk/", "/api/v1/items/order/",
        "/api/v1/categories/", "/api/v1/categories/{category}/", "/api/v1/categories/order/",
        "/api/v1/orders/", "/api/v1/orders/{number}/",
        "/api/v1/media/", "/api/v1/media/{media_id}/", "/api/v1/media/{media_id}/complete/",
        "/api/v1/orders/{number}/transitions/", "/api/v1/members/", "/api/v1/members/{member_id}/",
        "/api/v1/invitations/", "/api/v1/invitations/{invitation_id}/",
        "/api/v1/invitations/{invitation_id}/resend/", "/api/v1/storefront/",
    }  # fmt: skip
    orders = document["paths"]["/api/v1/orders/"]["get"]
    assert orders["security"] == [{"bearer": []}, {"staffSession": []}]
    step = document["paths"]["/api/v1/orders/{number}/transitions/"]["post"]
    assert step["security"] == [
        {"bearer": []},
        {"staffSession": [], "csrfToken": []},
    ]


def test_the_staffs_page_reads_the_staffs_document(staff):
    page = staff.get("/oud-house/api/v1/docs/", headers={"Accept": "text/html"})
    script = re.search(r'src="([^"]*script=[^"]*)"', page.text)[1]

    assert page.status_code == 200
    assert "<script>" not in page.text
    address = re.search(r'url: "([^"]*)"', staff.get(script).text)[1]
    assert json.loads(f'"{address}"') == "/oud-house/api/v1/schema/"


@pytest.mark.parametrize("path", ["schema/", "docs/"])
def test_the_staffs_document_is_for_members(staff, at, path):
    assert at("app").get(f"/oud-house/api/v1/{path}", headers=JSON).status_code == 401
    assert staff.get(f"/ghaith/api/v1/{path}", headers=JSON).status_code == 404
