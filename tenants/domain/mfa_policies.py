"""Whom a tenant asks for a second factor."""

from django.db import transaction

from tenants import scopes
from tenants.domain import members
from tenants.domain.permissions import Permission, mfa_is_needed, require
from tenants.models import Tenant, TenantMember, User
from tenants.queries.hosts import forget_hosts


class OwnFactorFirstError(Exception):
    """The policy would shut out the very owner who asks for it: they have no second factor."""


def change_mfa_policy(*, policy: str, actor: TenantMember) -> Tenant:
    """Ask members for a second factor, or no longer; returns the tenant in force as it is now.

    Raises PermissionDeniedError, OwnFactorFirstError, UnknownMemberError.
    """
    with transaction.atomic():
        acting = members.lock_team(actor)
        require(acting.role, Permission.MANAGE_SECURITY)
        if mfa_is_needed(policy, acting.role) and not _has_mfa(acting):
            raise OwnFactorFirstError
        with scopes.public():
            tenant: Tenant = Tenant.objects.select_for_update().get(id=acting.tenant_id)
            before, tenant.mfa_policy = tenant.mfa_policy, policy
            tenant.save(update_fields=["mfa_policy"])
        if before != policy:
            members.report("tenant.mfa_policy_changed", acting, policy=policy, before=before)
            transaction.on_commit(forget_hosts)
    return tenant


def _has_mfa(acting: TenantMember) -> bool:
    with scopes.public():
        return User.objects.filter(id=acting.user_id).exclude(mfa_enabled_at=None).exists()
