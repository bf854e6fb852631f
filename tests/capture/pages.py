"""A visitor who orders through the pages."""

import re
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.test import Client

from storefront.models import CatalogItem
from tenants import scopes
from tenants.models import Tenant

PERSON = {
    "customer_name": "Maryam",
    "customer_phone": "5000 1234",
    "customer_email": "maryam@example.com",
    "note": "",
}
HIDDEN = re.compile(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"')
TRACK = re.compile(r"/(?:ar|en)/track/([\w-]{22})/\?thanks=1\Z")


def add(client: Client, item: CatalogItem, quantity: Any = 1, **sent: Any) -> HttpResponse:
    """Put some of an item into the visitor's cart."""
    return client.post("/en/cart/lines/", {"item": str(item.id), "quantity": quantity, **sent})


def hidden(page: HttpResponse) -> dict[str, Any]:
    """What the checkout's form holds besides the person's fields."""
    found: dict[str, Any] = {"line": []}
    for name, value in HIDDEN.findall(page.text):
        if name == "line":
            found["line"].append(value)
        else:
            found[name] = value
    return found


def form_of(client: Client, **typed: Any) -> dict[str, Any]:
    """The checkout's form as the page holds it, filled in."""
    return {**hidden(client.get("/en/checkout/")), **PERSON, **typed}


def form_for(*lines: tuple[CatalogItem, int], total: str, **typed: Any) -> dict[str, Any]:
    """A form as a page would hold it, without a visit to one."""
    return {
        **PERSON,
        "key": str(uuid4()),
        "expected_total": total,
        "line": [f"{item.id}:{quantity}" for item, quantity in lines],
        **typed,
    }


def send(client: Client, form: dict[str, Any], *, language: str = "en") -> HttpResponse:
    """Send the checkout's form."""
    return client.post(f"/{language}/checkout/", form)


def token_in(response: HttpResponse) -> str:
    """The token of the order that a sent form led to."""
    assert response.status_code == 303, response.text
    found = TRACK.search(response.headers["Location"])
    assert found, response.headers["Location"]
    return found[1]


def is_key(text: str) -> bool:
    """Whether a form's key is a UUID."""
    return bool(UUID(text))


def typed_is_kept(page: HttpResponse) -> bool:
    """Whether what PERSON typed is in the form still; fails where it isn't."""
    assert 'value="Maryam"' in page.text
    assert 'value="5000 1234"' in page.text
    assert 'value="maryam@example.com"' in page.text
    return True


def change(tenant: Tenant, item: CatalogItem, **fields: Any) -> None:
    """Change an item behind the visitor's back."""
    with scopes.tenant(tenant.id):
        CatalogItem.objects.filter(id=item.id).update(**fields)
