"""Reads of invitations."""

from dataclasses import dataclass

from django.db.models import QuerySet

from tenants import scopes
from tenants.enums import TenantStatus
from tenants.models import Invitation, Tenant, User
from tenants.validators.invitations import BrokenTokenError, hash_of, tenant_id_of


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as its link shows it. `inviter` is None if that person is gone."""

    tenant: Tenant
    invitation: Invitation
    inviter: User | None


def pending_invitations() -> QuerySet[Invitation]:
    """The invitations of the tenant in force that are neither accepted nor revoked, newest first; some
    may have expired.
    """
    pending: QuerySet[Invitation] = Invitation.objects.filter(accepted_at=None, revoked_at=None)
    return pending.order_by("-created_at", "id")


def invited_into(token: str) -> Tenant | None:
    """The tenant that a link's token names, unless it is closed. Enters its own scope; one query."""
    try:
        tenant_id = tenant_id_of(token)
    except BrokenTokenError:
        return None
    with scopes.public():
        found: Tenant | None = Tenant.objects.filter(id=tenant_id).first()
    return None if found is None or found.status == TenantStatus.CLOSED else found


def invited_by_link(token: str) -> Invited | None:
    """The invitation with this token, whatever became of it. Enters its own scopes; three queries."""
    tenant = invited_into(token)
    if tenant is None:
        return None
    with scopes.tenant(tenant.id):
        invitation = Invitation.objects.filter(token_hash=hash_of(token)).first()
    if invitation is None:
        return None
    return Invited(tenant, invitation, _inviter(invitation))


def _inviter(invitation: Invitation) -> User | None:
    if invitation.invited_by_id is None:
        return None
    with scopes.public():
        found: User | None = User.objects.filter(id=invitation.invited_by_id).first()
    return found
