"""The public API against its own document: whatever a client sends, right or wrong, the document tells of
the answer. What is sent is made up from the document; half of it with ids that exist.
"""

from typing import Any
from uuid import uuid4

import pytest
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from storefront.models import Category, ItemCategory, ItemVariant, StorefrontSettings
from tenants import scopes
from tenants.gateways import valkey

OPERATIONS = [
    ("GET", "/api/v1/storefront/"),
    ("GET", "/api/v1/items/"),
    ("GET", "/api/v1/items/{slug}/"),
    ("GET", "/api/v1/categories/"),
    ("POST", "/api/v1/visits/"),
    ("POST", "/api/v1/orders/"),
    ("GET", "/api/v1/track/{token}/"),
]
# A client may send more than is asked for, so what has to be refused is tested elsewhere.
CHECKED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 24  # less than the orders that an address may send in ten minutes


@pytest.fixture
def shop(tenant_a, put, at):
    """A shop with an item of each sort, and what stands in its addresses; its host."""
    oil = put(slug="oil", pictures=2, stock=3, description_en="Aged.")
    put(slug="well", kind="project", price=None, goal=1500)
    varied = put(slug="varied", has_variants=True)
    with scopes.tenant(tenant_a.id):
        ItemVariant.objects.create(
            item=varied, name_ar="ربع", name_en="Quarter", price=3, position=0
        )
        oils = Category.objects.create(slug="oils", name_ar="زيوت", name_en="Oils")
        ItemCategory.objects.create(item=oil, category=oils)
        StorefrontSettings.objects.update_or_create(
            id=1, defaults={"phone": "+96522223333", "opening_hours": {"sun": [["09:00", "13:00"]]}}
        )
    valkey.counters().flushdb()
    body = order_of(str(oil.id))
    placed = at(tenant_a.slug).post(
        "/api/v1/orders/", body, "application/json", headers={"Idempotency-Key": str(uuid4())}
    )
    assert placed.status_code == 201, placed.content
    return {
        "url": f"http://{tenant_a.slug}.localhost",
        "slug": ["oil", "well", "varied"],
        "token": [placed.json()["tracking_token"]],
        "item": str(oil.id),
    }


def order_of(item: str) -> dict[str, Any]:
    return {
        "customer_name": "Maryam",
        "customer_phone": "50001234",
        "lines": [{"item": item, "quantity": 1}],
    }


@pytest.fixture
def document(shop):
    """The API's document, as clients load it."""
    headers = {"Accept": "application/json"}
    application = get_wsgi_application()
    return openapi.from_wsgi("/api/v1/schema/", application, base_url=shop["url"], headers=headers)


def fit(case: Case, shop: dict[str, Any], choose: Any) -> None:
    """Put what exists in the place of what was made up."""
    for name in case.path_parameters or ():
        case.path_parameters[name] = choose(shop[name])
    if case.path == "/api/v1/visits/" and isinstance(case.body, dict):
        case.body["landing_url"] = f"{shop['url']}/en/?utm_source=letter"
        case.body["referrer"] = ""
    if case.path == "/api/v1/orders/" and isinstance(case.body, dict):
        case.headers["Idempotency-Key"] = str(uuid4())
        case.body = {
            **{
                name: case.body[name] for name in ("note", "language", "visit") if name in case.body
            },
            **order_of(shop["item"]),
        }


def test_every_operation_is_asked(document):
    found = {(each.ok().method.upper(), each.ok().path) for each in document.get_all_operations()}

    assert found == set(OPERATIONS)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_answers_are_as_documented(document, shop, method, path, mode):
    operation = document[path][method]
    if mode == GenerationMode.NEGATIVE and not (operation.query or operation.body):
        pytest.skip("nothing that could be wrong but an address, which may be any")
    met = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def ask(case, data):
        if data.draw(st.booleans()):
            fit(case, shop, lambda known: data.draw(st.sampled_from(known)))
        met.add(case.call_and_validate(base_url=shop["url"], checks=CHECKED).status_code)

    ask()

    assert met & {200, 201}
