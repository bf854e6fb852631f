"""Invitations into the tenant in force: sent, sent again, revoked, accepted.

A link works once, for the address it was sent to, for seven days, and only the newest one of an
invitation. In which role its person comes is what the row says.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from tenants import scopes
from tenants.domain import audit, members, outbox
from tenants.domain.permissions import (
    Permission,
    PermissionDeniedError,
    may_handle,
    require,
)
from tenants.gateways.encryption import encrypt
from tenants.gateways.rate_limits import RateLimit
from tenants.models import Invitation, Tenant, TenantMember, User
from tenants.queries.invitations import invited_into, pending_invitations
from tenants.validators.invitations import hash_of, new_token

LIFETIME = timedelta(days=7)
#: How long after it was sent an invitation may be sent again.
COOL_DOWN = timedelta(seconds=60)
_OF_TENANT = RateLimit("invitations", amount=100, seconds=24 * 3600)
#: Over all tenants: nobody's mailbox is flooded.
_TO_ADDRESS = RateLimit("invitations-to", amount=10, seconds=3600)


class UnknownInvitationError(Exception):
    """There is no such invitation, or it was accepted or revoked, or has expired."""


class AlreadyMemberError(Exception):
    """The person with this address is a member already."""


class AlreadyInvitedError(Exception):
    """An invitation to this address waits already; it can be sent again."""


class OtherAddressError(Exception):
    """The invitation is for somebody with another address."""


class SentJustNowError(Exception):
    """The invitation was sent a moment ago. `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Joined:
    """Where an accepted invitation led."""

    tenant: Tenant
    member: TenantMember


def invite(*, email: str, role: str, actor: TenantMember, now: datetime) -> Invitation:
    """Invite whoever has this address, and mail them the link.

    Raises PermissionDeniedError, RateLimitedError, AlreadyMemberError, AlreadyInvitedError,
    UnknownMemberError (the acting one was removed meanwhile).
    """
    address = email.strip().lower()
    _check(actor, role)  # before counting: who may not invite must not use up others' invitations
    _count(address)
    with transaction.atomic():
        acting = members.lock_team(actor)
        _check(acting, role)
        _make_room(address, now=now)
        invitation = Invitation(
            tenant_id=acting.tenant_id, email=address, role=role, created_at=now
        )
        _send(invitation, "invitation.sent", acting, now=now)
    return invitation


def resend(*, invitation_id: UUID, actor: TenantMember, now: datetime) -> Invitation:
    """Mail a new link, good for seven days again; the old one is void.

    Raises UnknownInvitationError, PermissionDeniedError, SentJustNowError, RateLimitedError,
    UnknownMemberError.
    """
    with transaction.atomic():
        acting = members.lock_team(actor)
        invitation = _pending(invitation_id, acting)
        wait = (invitation.sent_at + COOL_DOWN - now).total_seconds()
        if wait > 0:
            raise SentJustNowError(ceil(wait))
        _count(invitation.email)
        _send(invitation, "invitation.resent", acting, now=now)
    return invitation


def revoke(*, invitation_id: UUID, actor: TenantMember, now: datetime) -> None:
    """Make an invitation's link void.

    Raises UnknownInvitationError, PermissionDeniedError, UnknownMemberError.
    """
    with transaction.atomic():
        acting = members.lock_team(actor)
        invitation = _pending(invitation_id, acting)
        _end(invitation, now=now)
        members.report("invitation.revoked", acting, **_named(invitation))


def accept(*, token: str, user: User, now: datetime) -> Joined:
    """Make the person a member, in the role of the invitation. Enters its own scopes.

    `user` is logged in, so their address is proved. Who is a member already keeps their role. Raises
    UnknownInvitationError, OtherAddressError.
    """
    tenant = invited_into(token)
    if tenant is None:
        raise UnknownInvitationError
    with scopes.tenant(tenant.id, user_id=user.id), transaction.atomic():
        invitation = _locked(Invitation.objects.filter(token_hash=hash_of(token)))
        if invitation is None or not invitation.is_open(now) or not _may_stand(invitation):
            raise UnknownInvitationError
        if invitation.email.lower() != user.email.lower():
            raise OtherAddressError
        member = _join(invitation, user, now=now)
    return Joined(tenant, member)


def _may_stand(invitation: Invitation) -> bool:
    """Whether who invited could still do so: nobody who was removed comes back by their own link."""
    inviter = TenantMember.objects.filter(user=invitation.invited_by_id).first()
    return inviter is not None and may_handle(inviter.role, invitation.role)


def _join(invitation: Invitation, user: User, *, now: datetime) -> TenantMember:
    member, _ = TenantMember.objects.get_or_create(
        tenant_id=invitation.tenant_id, user_id=user.id, defaults={"role": invitation.role}
    )
    invitation.accepted_at, invitation.accepted_by_id = now, user.id
    invitation.save(update_fields=["accepted_at", "accepted_by_id"])
    audit.record("invitation.accepted", actor_id=user.id, **_named(invitation))
    outbox.enqueue("invitation.accepted", {"actor": str(user.id), **_named(invitation)})
    return member


def _check(acting: TenantMember, role: str) -> None:
    require(acting.role, Permission.MANAGE_TEAM)
    if not may_handle(acting.role, role):
        raise PermissionDeniedError


def _count(address: str) -> None:
    _OF_TENANT.hit()
    with scopes.public():
        _TO_ADDRESS.hit(address)


def _make_room(address: str, *, now: datetime) -> None:
    """Raise AlreadyMemberError or AlreadyInvitedError; an expired invitation makes way for a new one."""
    with scopes.public():
        user_ids = list(User.objects.with_email(address).values_list("id", flat=True))
    if TenantMember.objects.filter(user_id__in=user_ids).exists():
        raise AlreadyMemberError
    waiting = _locked(pending_invitations().filter(email=address))
    if waiting is not None and waiting.is_open(now):
        raise AlreadyInvitedError
    if waiting is not None:
        _end(waiting, now=now)


def _pending(invitation_id: UUID, acting: TenantMember) -> Invitation:
    """An invitation that waits, or has expired, locked. Raises as `revoke` does."""
    require(acting.role, Permission.MANAGE_TEAM)
    invitation = _locked(pending_invitations().filter(id=invitation_id))
    if invitation is None:
        raise UnknownInvitationError
    _check(acting, invitation.role)
    return invitation


def _locked(invitations: QuerySet[Invitation]) -> Invitation | None:
    return invitations.select_for_update().first()


def _send(invitation: Invitation, act: str, acting: TenantMember, *, now: datetime) -> None:
    token = new_token(invitation.tenant_id)
    invitation.token_hash, invitation.invited_by_id = hash_of(token), acting.user_id
    invitation.sent_at, invitation.expires_at = now, now + LIFETIME
    invitation.save()
    audit.record(act, actor_id=acting.user_id, **_named(invitation))
    outbox.enqueue(
        "invitation.sent",
        {"actor": str(acting.user_id), "token": encrypt(token), **_named(invitation)},
    )


def _end(invitation: Invitation, *, now: datetime) -> None:
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])


def _named(invitation: Invitation) -> dict[str, str]:
    return {
        "invitation": str(invitation.id),
        "email": invitation.email,
        "role": str(invitation.role),
    }
