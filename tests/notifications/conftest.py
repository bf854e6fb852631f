"""A shop with staff, orders in it, and a mail server."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from capture.domain.orders import Actor, NewOrder, change_status, place_order
from capture.domain.quotes import LineRequest
from capture.models import Order
from notifications.domain import messages
from notifications.domain.letters import Letter
from notifications.enums import Outcome
from notifications.models import Message
from storefront.models import CatalogItem
from tenants import scopes
from tenants.domain import outbox
from tenants.domain.leases import Claim
from tenants.domain.tenants import get_or_create_user
from tenants.enums import Role
from tenants.models import OutboxEvent, Tenant, TenantMember, User
from tests.notifications import smtp_server
from tests.outbox.conftest import worker

__all__ = ["worker"]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ACTOR = Actor(uuid4(), "Noura")


@pytest.fixture(autouse=True)
def quiet(monkeypatch) -> None:
    """No nudges: the tests deliver by hand."""
    monkeypatch.setattr(outbox, "nudge", lambda *_: None)
    monkeypatch.setattr(messages, "nudge", lambda *_: None)


def join(tenant: Tenant, role: Role, *, language: str, is_active: bool = True) -> User:
    """A new member of the tenant."""
    with scopes.public():
        user = get_or_create_user(f"{role}-{uuid4().hex[:8]}@example.com")
        user.language, user.is_active = language, is_active
        user.save()
    with scopes.tenant(tenant.id):
        TenantMember.objects.create(tenant=tenant, user=user, role=role)
    return user


@pytest.fixture
def shop(tenant_a: Tenant) -> SimpleNamespace:
    """A committed shop: an Arabic owner, an English admin, a member of staff, one item."""
    with scopes.tenant(tenant_a.id):
        owner_id = TenantMember.objects.get().user_id
        item = CatalogItem.objects.create(
            kind="product",
            slug="oud-oil",
            name_ar="دهن عود",
            name_en="Oud oil",
            price=Decimal("12.500"),
            status="published",
        )
    with scopes.public():
        owner = User.objects.get(id=owner_id)
    admin, staff = (join(tenant_a, role, language="en") for role in (Role.ADMIN, Role.STAFF))
    return SimpleNamespace(tenant=tenant_a, item=item, owner=owner, admin=admin, staff=staff)


@pytest.fixture
def place(shop) -> Callable[..., Order]:
    """Places an order of two, committed."""

    def make(**fields: Any) -> Order:
        values = {
            "customer_name": "Maryam",
            "customer_phone": "+96550001234",
            "customer_email": "maryam@example.com",
            "language": "en",
            "lines": [LineRequest(shop.item.id, 2)],
            **fields,
        }
        with scopes.tenant(shop.tenant.id):
            return place_order(NewOrder(**values), is_open=True, now=NOW)

    return make


def step(tenant: Tenant, order: Order, to: str, reason: str = "") -> None:
    """One step of the order's workflow."""
    with scopes.tenant(tenant.id):
        version = Order.objects.get(id=order.id).version
        change_status(order.number, to=to, version=version, actor=ACTOR, now=NOW, reason=reason)


def handle(tenant: Tenant) -> None:
    """Deliver every waiting event of the tenant, oldest first."""
    with scopes.tenant(tenant.id):
        waiting = OutboxEvent.objects.filter(delivered_at=None).order_by("created_at")
        for event_id, attempts in list(waiting.values_list("id", "attempts")):
            assert outbox.deliver(Claim(event_id, tenant.id, attempts))


def written(tenant: Tenant, **fields: Any) -> list[Message]:
    """The tenant's messages, oldest first."""
    with scopes.tenant(tenant.id):
        return list(Message.objects.filter(**fields).order_by("created_at", "recipient"))


def deliver_all(tenant: Tenant) -> list[bool]:
    """Try to send each of the tenant's waiting messages once."""
    results = []
    for message in written(tenant, sent_at=None):
        with scopes.platform():
            claimed = messages.claim(message.id)
        if claimed:
            with scopes.tenant(tenant.id):
                results.append(messages.deliver(claimed) is Outcome.SENT)
    return results


def write(tenant: Tenant, **fields: Any) -> Message:
    """A plain message, committed."""
    values = {
        "kind": "test",
        "recipient": f"reader-{uuid4().hex[:8]}@example.com",
        "language": "en",
        "subject": "Hello",
        "template": "orders/customer",
        "sender": "Shop",
        "context": {"heading": "Hello", "lead": "Read this.", "shop": "Shop", "total": "1.000"},
        **fields,
    }
    letter = Letter(**values)
    with scopes.tenant(tenant.id), transaction.atomic(), override(letter.language):
        event = OutboxEvent.objects.create(tenant_id=tenant.id, kind="test.told", delivered_at=NOW)
        messages.write_message(event, letter)
        return Message.objects.get(event_id=event.id, recipient=letter.recipient)


@pytest.fixture
def smtp() -> Iterator[smtp_server.Server]:
    """A running mail server."""
    with smtp_server.running() as server:
        yield server


@pytest.fixture
def by_smtp(settings, smtp) -> smtp_server.Server:
    """The mail server, set up as `EMAIL_URL` would."""
    settings.SOUQNA_MAILBOX = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    return smtp


@pytest.fixture
def alone(real_db) -> None:
    """What other tests left waiting is not due for a day: a sweep takes everybody's."""
    with scopes.platform():
        Message.objects.filter(available_at__lte=timezone.now() + timedelta(hours=12)).update(
            available_at=timezone.now() + timedelta(days=1)
        )


def reload(message):
    with scopes.tenant(message.tenant_id):
        return Message.objects.get(id=message.id)


def make_due(message):
    with scopes.tenant(message.tenant_id):
        Message.objects.filter(id=message.id).update(
            available_at=timezone.now() - timedelta(seconds=1)
        )


def claim(message):
    with scopes.platform():
        return messages.claim(message.id)


def deliver(message):
    return send(Claim(message.id, message.tenant_id, reload(message).attempts))


def send(claimed):
    with scopes.tenant(claimed.tenant_id):
        return messages.deliver(claimed) is Outcome.SENT
