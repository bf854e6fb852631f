"""A storefront with a shelf."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from storefront.models import CatalogItem, MediaAsset, StorefrontSettings
from tenants import scopes
from tenants.enums import Role
from tenants.models import Tenant, TenantMember, User
from tests.outbox.conftest import worker
from tests.storefront.uploads import Uploader

__all__ = ["worker"]


@pytest.fixture
def put(tenant_a: Tenant) -> Callable[..., CatalogItem]:
    """Puts an item on a tenant's shelf, with as many `pictures` as asked for."""

    def make(*, tenant: Tenant | None = None, pictures: int = 0, **fields: Any) -> CatalogItem:
        values = {
            "kind": "product",
            "slug": f"i-{uuid4().hex[:10]}",
            "name_ar": "دهن عود",
            "name_en": "Oud oil",
            "price": Decimal("12.500"),
            "status": "published",
            **fields,
        }
        with scopes.tenant((tenant or tenant_a).id):
            item = CatalogItem.objects.create(**values)
            for number in range(pictures):
                picture(item, number)
        return item

    return make


def picture(item: CatalogItem, number: int) -> MediaAsset:
    """One more picture of an item, in the scope in force."""
    renditions = [
        {
            "name": f"items/{item.slug}-{number}-{width}.webp",
            "width": width,
            "height": width * 3 // 4,
            "content_type": "image/webp",
        }
        for width in (320, 640, 1280)
    ]
    return MediaAsset.objects.create(
        item=item, position=number, alt_ar="قارورة", alt_en="A bottle", renditions=renditions
    )


@pytest.fixture
def visit(at: Callable[..., Client], tenant_a: Tenant) -> Client:
    """A visitor of the storefront."""
    return at(tenant_a.slug)


@pytest.fixture
def accept(tenant_a: Tenant) -> Callable[..., None]:
    """Makes the tenant take only this from its visitors."""

    def make(*offers: str) -> None:
        with scopes.tenant(tenant_a.id):
            StorefrontSettings.objects.update_or_create(id=1, defaults={"accepts": list(offers)})

    return make


@pytest.fixture
def uploader(
    tenant_a: Tenant, user: User, settings: Any, tmp_path: Path
) -> Callable[..., Uploader]:
    """Makes a member of a tenant's staff, on a disk of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"

    def make(tenant: Tenant = tenant_a) -> Uploader:
        with scopes.tenant(tenant.id):
            TenantMember.objects.get_or_create(tenant=tenant, user=user, role=Role.STAFF)
        return Uploader(tenant, user)

    return make


@pytest.fixture
def up(uploader: Callable[..., Uploader]) -> Uploader:
    """A member of the shop's staff."""
    return uploader()
