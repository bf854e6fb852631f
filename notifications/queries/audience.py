"""Who of a tenant's staff is told."""

from tenants import scopes
from tenants.enums import Role
from tenants.models import TenantMember, User

_TOLD = (Role.OWNER, Role.ADMIN)


def staff_audience() -> list[User]:
    """The owners and admins of the tenant in force, by e-mail. Two queries, the second in the public
    scope: a tenant may know who its members are, not read people's rows.
    """
    return _members_as(_TOLD)


def owner_audience() -> list[User]:
    """The owners of the tenant in force, by e-mail. Two queries."""
    return _members_as((Role.OWNER,))


def _members_as(roles: tuple[Role, ...]) -> list[User]:
    members = TenantMember.objects.filter(role__in=roles)
    ids = list(members.values_list("user_id", flat=True))
    with scopes.public():
        return list(User.objects.filter(id__in=ids, is_active=True).order_by("email"))
