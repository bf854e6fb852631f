"""The team of the tenant in force: roles changed, members removed, ownership handed over.

Whoever acts is a member, and is looked at anew behind the team's lock: they may have lost their role, or
their membership, since their request began. A tenant keeps at least one owner.
"""

import hashlib
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from tenants import scopes
from tenants.domain import audit, outbox
from tenants.domain.permissions import (
    Permission,
    PermissionDeniedError,
    may_handle,
    require,
)
from tenants.enums import Role
from tenants.models import TenantMember


class UnknownMemberError(Exception):
    """The tenant has no such member, or not any more; it may be the acting one."""


class LastOwnerError(Exception):
    """The tenant would be left without an owner."""


def change_role(*, member_id: UUID, role: str, actor: TenantMember) -> TenantMember:
    """Give a member another role; they are told. The one that they have changes nothing.

    Raises UnknownMemberError, PermissionDeniedError, LastOwnerError.
    """
    with transaction.atomic():
        acting = lock_team(actor)
        require(acting.role, Permission.MANAGE_TEAM)
        member = _member(member_id)
        if not (may_handle(acting.role, member.role) and may_handle(acting.role, role)):
            raise PermissionDeniedError
        if member.role == role:
            return member
        _keep_an_owner(member)
        _change(member, role, acting)
    return member


def remove_member(*, member_id: UUID, actor: TenantMember) -> None:
    """Take a member off the team, at once; they are told. To remove oneself is to leave.

    Raises UnknownMemberError, PermissionDeniedError, LastOwnerError.
    """
    if member_id == actor.id:
        leave(actor=actor)
        return
    with transaction.atomic():
        acting = lock_team(actor)
        require(acting.role, Permission.MANAGE_TEAM)
        member = _member(member_id)
        if not may_handle(acting.role, member.role):
            raise PermissionDeniedError
        _keep_an_owner(member)
        member.delete()
        report("member.removed", acting, user=str(member.user_id), role=member.role)


def leave(*, actor: TenantMember) -> None:
    """Leave the team, whatever one's role. Raises UnknownMemberError, LastOwnerError."""
    with transaction.atomic():
        acting = lock_team(actor)
        _keep_an_owner(acting)
        acting.delete()
        report("member.left", acting, user=str(acting.user_id), role=acting.role)


def transfer_ownership(*, member_id: UUID, actor: TenantMember) -> TenantMember:
    """Make another member an owner and the acting owner an admin, at once; the owners are told.

    Returns the new owner. Raises UnknownMemberError (it takes somebody else), PermissionDeniedError.
    """
    with transaction.atomic():
        acting = lock_team(actor)
        require(acting.role, Permission.MANAGE_OWNERS)
        if member_id == acting.id:
            raise UnknownMemberError
        heir = _member(member_id)
        before = heir.role
        _save_role(heir, Role.OWNER)
        _save_role(acting, Role.ADMIN)
        report("ownership.transferred", acting, user=str(heir.user_id), before=before)
    return heir


def lock_team(actor: TenantMember) -> TenantMember:
    """Wait until nobody else changes the team, until the transaction ends, and look at who acts.

    Raises UnknownMemberError if they aren't a member any more.
    """
    # Not the owners' rows: locking those doesn't show an owner who was made while one waited.
    name = f"team/{scopes.current_tenant_id()}"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
    return _member(actor.id)


def report(act: str, acting: TenantMember, **detail: Any) -> None:
    """Write an act of a member's into the audit log and the outbox. `detail` is JSON."""
    audit.record(act, actor_id=acting.user_id, **detail)
    outbox.enqueue(act, {"actor": str(acting.user_id), **detail})


def _member(member_id: UUID) -> TenantMember:
    found: TenantMember | None = TenantMember.objects.filter(id=member_id).first()
    if found is None:
        raise UnknownMemberError
    return found


def _keep_an_owner(member: TenantMember) -> None:
    """Raise LastOwnerError if the member, who is about to be an owner no more, is the only one."""
    if member.role == Role.OWNER and not _has_other_owner(member):
        raise LastOwnerError


def _has_other_owner(member: TenantMember) -> bool:
    return TenantMember.objects.filter(role=Role.OWNER).exclude(id=member.id).exists()


def _change(member: TenantMember, role: str, acting: TenantMember) -> None:
    before = member.role
    _save_role(member, role)
    report("member.role_changed", acting, user=str(member.user_id), role=str(role), before=before)


def _save_role(member: TenantMember, role: str) -> None:
    member.role = role
    member.save(update_fields=["role"])
