"""A tenant with staff, and the pages they see."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from capture.domain.orders import NewOrder, place_order
from capture.domain.quotes import LineRequest
from capture.models import Order
from storefront.models import CatalogItem
from tenants import scopes
from tenants.domain.tenants import get_or_create_user
from tenants.models import Tenant, TenantMember, User
from tests.conftest import SurfaceClient


class Desk(SurfaceClient):
    """A member of staff at the tenant's dashboard; paths begin below its slug."""

    tenant: Tenant
    user: User

    def path(self, path: str) -> str:
        return f"/{self.tenant.slug}/{path}"

    def see(self, path: str = "", **query: Any) -> Any:
        return self.get(self.path(path), query)

    def send(self, path: str, data: dict[str, Any], **headers: Any) -> Any:
        return self.post(self.path(path), data, headers=headers)


@pytest.fixture
def staff_of(at: Callable[..., Client]) -> Callable[..., Desk]:
    """Makes a member of a tenant, logged in."""

    def make(tenant: Tenant, *, role: str = "staff", language: str = "en", name: str = "") -> Desk:
        client = at("app", **{"accept-language": language})
        client.__class__ = Desk
        with scopes.public():
            client.user = get_or_create_user(f"staff-{uuid4().hex[:8]}@example.com")
            client.user.name = name
            client.user.save()
            client.force_login(client.user)
        with scopes.tenant(tenant.id):
            TenantMember.objects.create(tenant=tenant, user=client.user, role=role)
        client.tenant = tenant
        client.see("api/v1/")  # the host's look-up is kept from here on
        return client

    return make


@pytest.fixture
def shop(new_tenant: Callable[..., Tenant]) -> Tenant:
    """A committed tenant that takes orders."""
    return new_tenant()


@pytest.fixture
def desk(staff_of: Callable[..., Desk], shop: Tenant) -> Desk:
    """A member of the shop's staff."""
    return staff_of(shop, name="Noura")


def put(tenant: Tenant, slug: str = "oud-oil", **fields: Any) -> CatalogItem:
    """An item on the tenant's shelf."""
    values = {
        "kind": "product",
        "slug": slug,
        "name_ar": "دهن عود",
        "name_en": "Oud oil",
        "price": "12.500",
        "status": "published",
        **fields,
    }
    with scopes.tenant(tenant.id):
        return CatalogItem.objects.create(**values)


def order(
    tenant: Tenant,
    item: CatalogItem,
    quantity: int = 1,
    *,
    now: datetime | None = None,
    **fields: Any,
) -> Order:
    """An order of one item."""
    values = {
        "customer_name": "Maryam",
        "customer_phone": "+96550001234",
        "language": "ar",
        "lines": [LineRequest(item.id, quantity)],
        **fields,
    }
    with scopes.tenant(tenant.id):
        return place_order(NewOrder(**values), is_open=True, now=now or timezone.now())


def stored(tenant: Tenant, number: str = "O-1001") -> Order:
    """The order as it is in the database, its history read."""
    with scopes.tenant(tenant.id):
        found = Order.objects.get(number=number)
        found.steps = [
            (step.from_status, step.to_status, step.actor_name, step.reason)
            for step in found.history.all()
        ]
    return found


def stock_of(tenant: Tenant, slug: str = "oud-oil") -> int | None:
    """What is left of an item."""
    with scopes.tenant(tenant.id):
        return CatalogItem.objects.get(slug=slug).stock


@contextmanager
def counted(expected: int):
    """Fails unless the block takes exactly so many queries."""
    with CaptureQueriesContext(connection) as queries:
        yield
    assert len(queries) == expected, [query["sql"][:100] for query in queries]
