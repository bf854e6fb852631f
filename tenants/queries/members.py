"""Reads of memberships."""

from uuid import UUID

from tenants import scopes
from tenants.enums import TenantStatus
from tenants.models import TenantMember, User


def member_of(user: User) -> TenantMember | None:
    """The user's membership of the tenant in force, or None. One query, under row-level security."""
    return TenantMember.objects.filter(user_id=user.id).first()


def memberships_of(user: User) -> list[TenantMember]:
    """The user's memberships with their tenants, closed ones left out, by slug. One query.

    Enters its own scope: everybody may read their own memberships.
    """
    with scopes.public(user_id=user.id):
        found = TenantMember.objects.filter(user_id=user.id).select_related("tenant")
        return list(found.exclude(tenant__status=TenantStatus.CLOSED).order_by("tenant__slug"))


def is_member(user: User, tenant_id: UUID) -> bool:
    """Whether the user belongs to this tenant, which needn't exist. Enters its own scope; one query."""
    with scopes.public(user_id=user.id):
        return TenantMember.objects.filter(user_id=user.id, tenant_id=tenant_id).exists()
