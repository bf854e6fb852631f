"""A shop with a shelf, and what is needed to order from it."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from capture.domain.orders import Actor, NewOrder, place_order
from capture.domain.quotes import LineRequest
from capture.models import IdempotencyRecord, Order
from storefront.models import CatalogItem, ItemVariant
from tenants import scopes
from tenants.models import OutboxEvent, Tenant

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def shop(tenant_a: Tenant) -> Tenant:
    """A committed tenant that takes orders."""
    return tenant_a


@pytest.fixture
def shelf(shop: Tenant) -> Callable[..., CatalogItem]:
    """Puts an item on the shop's shelf."""

    def put(slug: str = "", *, tenant: Tenant | None = None, **fields: Any) -> CatalogItem:
        values = {
            "kind": "product",
            "slug": slug or f"i-{uuid4().hex[:10]}",
            "name_ar": "دهن عود",
            "name_en": "Oud oil",
            "price": Decimal("12.500"),
            "status": "published",
            **fields,
        }
        with scopes.tenant((tenant or shop).id):
            return CatalogItem.objects.create(**values)

    return put


@pytest.fixture
def varied(shop: Tenant, shelf: Callable[..., CatalogItem]) -> Callable[..., list[ItemVariant]]:
    """Puts an item on the shelf in several kinds, each with its price (None: on request) and its stock
    (None: not counted), and gives these variants.
    """

    def put(
        *kinds: tuple[str | None, int | None], tenant: Tenant | None = None, **fields: Any
    ) -> list[ItemVariant]:
        prices = [Decimal(price) for price, _ in kinds if price]
        stocks = [stock for _, stock in kinds]
        sums = {
            "has_variants": True,
            "price": min(prices, default=None),
            "stock": None if None in stocks else sum(stock or 0 for stock in stocks),
        }
        item = shelf(tenant=tenant, **{**sums, **fields})
        with scopes.tenant((tenant or shop).id):
            return [
                ItemVariant.objects.create(
                    item=item, position=position, name_ar=f"خيار {position}",
                    name_en=f"Kind {position}", price=price and Decimal(price), stock=stock,
                )
                for position, (price, stock) in enumerate(kinds)
            ]  # fmt: skip

    return put


def line_of(what: CatalogItem | ItemVariant | UUID, quantity: int) -> LineRequest:
    """A line of an item, by itself or by its id, or of a variant."""
    if isinstance(what, ItemVariant):
        return LineRequest(what.item_id, quantity, what.id)
    return LineRequest(what if isinstance(what, UUID) else what.id, quantity)


@pytest.fixture
def asked() -> Callable[..., NewOrder]:
    """Makes an order as a visitor would ask for it."""

    def make(*lines: tuple[CatalogItem | ItemVariant | UUID, int], **fields: Any) -> NewOrder:
        requests = [line_of(what, quantity) for what, quantity in lines]
        values = {
            "customer_name": "Maryam",
            "customer_phone": "+96550001234",
            "language": "en",
            "lines": requests,
            **fields,
        }
        return NewOrder(**values)

    return make


@pytest.fixture
def placed(shop: Tenant, shelf: Callable[..., CatalogItem], asked: Any) -> Callable[..., Order]:
    """Places an order of one new item."""

    def place(quantity: int = 1, **fields: Any) -> Order:
        item = shelf(**fields)
        with scopes.tenant(shop.id):
            return place_order(asked((item, quantity)), is_open=True, now=NOW)

    return place


@pytest.fixture
def actor() -> Actor:
    """A member of staff."""
    return Actor(uuid4(), "Noura")


def stock_of(tenant: Tenant, item: CatalogItem) -> int | None:
    """What is left of an item."""
    with scopes.tenant(tenant.id):
        return CatalogItem.objects.get(id=item.id).stock


def stocks_of(tenant: Tenant, item: CatalogItem) -> tuple[int | None, list[int | None]]:
    """What the item says is left of it, and what is left of each of its variants."""
    with scopes.tenant(tenant.id):
        left = list(ItemVariant.objects.filter(item=item).values_list("stock", flat=True))
    return stock_of(tenant, item), left


def orders_of(tenant: Tenant) -> list[Order]:
    """The tenant's orders, as they are in the database."""
    with scopes.tenant(tenant.id):
        return list(Order.objects.order_by("number"))


@pytest.fixture
def visit(at: Callable[..., Client], shop: Tenant) -> Client:
    """A visitor of the shop."""
    return at(shop.slug)


@pytest.fixture
def nothing_happened(shop: Tenant) -> Callable[..., bool]:
    """Says that no order was written, no stock taken, nobody told."""

    def check(item: CatalogItem, *, stock: int) -> bool:
        with scopes.tenant(shop.id):
            assert IdempotencyRecord.objects.count() == 0
            assert OutboxEvent.objects.filter(kind__startswith="order.").count() == 0
        assert orders_of(shop) == []
        assert stock_of(shop, item) == stock
        return True

    return check
