"""Reads of memberships."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from tenants import scopes
from tenants.enums import TenantStatus
from tenants.models import TenantMember, User


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member with the person that they are."""

    member: TenantMember
    user: User


def team() -> QuerySet[TenantMember]:
    """The members of the tenant in force, the longest first."""
    members: QuerySet[TenantMember] = TenantMember.objects.order_by("created_at", "id")
    return members


def with_people(members: Iterable[TenantMember]) -> list[Colleague]:
    """The members, each with its person. One query, in the public scope: a tenant may know who its
    members are, not read people's rows.
    """
    listed = list(members)
    with scopes.public():
        people = User.objects.in_bulk([member.user_id for member in listed])
    return [Colleague(member, people[member.user_id]) for member in listed]


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
