"""Who of a tenant's staff is told."""

from collections.abc import Iterable
from uuid import UUID

from tenants import scopes
from tenants.enums import Role
from tenants.models import TenantMember, User

_TOLD = (Role.OWNER, Role.ADMIN)


def staff_audience() -> list[User]:
    """The owners and admins of the tenant in force, by e-mail. Two queries, the second in the public
    scope: a tenant may know who its members are, not read people's rows.
    """
    return people_with(_members_as(_TOLD))


def owners_audience(*more: UUID) -> list[User]:
    """The owners of the tenant in force and the people with these ids, by e-mail. Two queries."""
    return people_with({*_members_as((Role.OWNER,)), *more})


def people_with(ids: Iterable[UUID]) -> list[User]:
    """The people with these ids who aren't shut out, by e-mail. One query, in the public scope."""
    with scopes.public():
        return list(User.objects.filter(id__in=list(ids), is_active=True).order_by("email"))


def person_at(email: str) -> User | None:
    """The person with this address, if one is known. One query, in the public scope."""
    with scopes.public():
        return User.objects.with_email(email).first()


def _members_as(roles: Iterable[Role]) -> list[UUID]:
    members = TenantMember.objects.filter(role__in=list(roles))
    return list(members.values_list("user_id", flat=True))
