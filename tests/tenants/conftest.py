"""Teams: members of a tenant, and what was written of what they do."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tenants import scopes
from tenants.domain.tenants import get_or_create_user
from tenants.gateways.encryption import decrypt
from tenants.models import AuditEntry, OutboxEvent, Tenant, TenantMember, User


@pytest.fixture
def person(real_db: None) -> Callable[..., User]:
    """Makes a person, of this address if one is given."""

    def make(email: str = "", **fields: Any) -> User:
        with scopes.public():
            user = get_or_create_user(email or f"person-{uuid4().hex[:8]}@example.com")
            user.cognito_sub = user.cognito_sub or str(uuid4())
            for name, value in fields.items():
                setattr(user, name, value)
            user.save()
        return user

    return make


@pytest.fixture
def join(person: Callable[..., User]) -> Callable[..., TenantMember]:
    """Makes a member of a tenant; their person is `member.person`."""

    def make(tenant: Tenant, role: str, **fields: Any) -> TenantMember:
        user = person(**fields)
        with scopes.tenant(tenant.id):
            member = TenantMember.objects.create(tenant=tenant, user=user, role=role)
        member.person = user
        return member

    return make


def owner_of(tenant: Tenant) -> TenantMember:
    """The owner that the tenant was made with."""
    with scopes.tenant(tenant.id):
        return TenantMember.objects.filter(role="owner").earliest("created_at")


def roles_of(tenant: Tenant) -> list[str]:
    """The roles of the team, sorted."""
    with scopes.tenant(tenant.id):
        return sorted(TenantMember.objects.values_list("role", flat=True))


def acts_of(tenant: Tenant) -> list[tuple[str, dict[str, Any]]]:
    """The audit log since the tenant was made, oldest first."""
    with scopes.tenant(tenant.id):
        entries = AuditEntry.objects.order_by("created_at").exclude(action__startswith="tenant.c")
        return [(one.action, one.detail) for one in entries if one.action != "tenant.welcomed"]


def events_of(tenant: Tenant) -> list[str]:
    """The kinds of the events since the tenant was made, oldest first."""
    with scopes.tenant(tenant.id):
        events = OutboxEvent.objects.exclude(kind="tenant.created").order_by("created_at")
        return list(events.values_list("kind", flat=True))


def token_of(tenant: Tenant) -> str:
    """The token of the newest invitation that was sent."""
    with scopes.tenant(tenant.id):
        sent = OutboxEvent.objects.filter(kind="invitation.sent").latest("created_at")
    return decrypt(sent.payload["token"])
