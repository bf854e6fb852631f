"""What each role may do: the whole table.

| | owner | admin | staff |
|---|---|---|---|
| orders, items: see and change | ✓ | ✓ | ✓ |
| the team: see | ✓ | ✓ | ✓ |
| invitations: see | ✓ | ✓ | |
| invite, send again, revoke | ✓ | admins and staff | |
| change roles, remove members | ✓ | admins and staff | |
| settings of organisation and storefront: see | ✓ | ✓ | ✓ |
| settings of organisation and storefront: change | ✓ | ✓ | |
| the storefront's address | ✓ | | |
| exports | ✓ | ✓ | |
| who needs two-step verification | ✓ | | |
| make an owner, transfer ownership | ✓ | | |
| leave | unless the last owner | ✓ | ✓ |
"""

from enum import Enum, auto

from tenants.enums import MfaPolicy, Role


class Permission(Enum):
    """Something that not every member may do."""

    MANAGE_TEAM = auto()
    MANAGE_OWNERS = auto()
    MANAGE_SETTINGS = auto()
    MANAGE_SECURITY = auto()
    MOVE_STOREFRONT = auto()
    EXPORT = auto()


PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.OWNER.value: frozenset(Permission),
    Role.ADMIN.value: frozenset(
        {Permission.MANAGE_TEAM, Permission.MANAGE_SETTINGS, Permission.EXPORT}
    ),
    Role.STAFF.value: frozenset(),
}


class PermissionDeniedError(Exception):
    """The member's role doesn't allow it."""


def may(role: str, permission: Permission) -> bool:
    """Whether a member in this role may do it."""
    return permission in PERMISSIONS[role]


def require(role: str, permission: Permission) -> None:
    """Raise PermissionDeniedError unless a member in this role may do it."""
    if not may(role, permission):
        raise PermissionDeniedError


def may_handle(role: str, other: str) -> bool:
    """Whether a member in `role` may invite somebody as `other`, or change and remove one who is it."""
    needed = Permission.MANAGE_OWNERS if other == Role.OWNER else Permission.MANAGE_TEAM
    return may(role, needed)


def mfa_is_needed(policy: str, role: str) -> bool:
    """Whether a tenant with this policy asks members in this role for a second factor."""
    return policy == MfaPolicy.EVERYONE or (policy == MfaPolicy.ADMINS and role != Role.STAFF)
