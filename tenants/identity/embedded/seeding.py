"""Putting the demo's people into the database; again and again with one result."""

from uuid import UUID

from django.utils import timezone

from tenants import scopes
from tenants.domain.seeds import DEMO_ACCOUNTS, DEMO_PASSWORD, DemoAccount
from tenants.domain.tenants import get_or_create_user
from tenants.identity.embedded import totp
from tenants.identity.embedded.engine import make_account_ready
from tenants.models import Tenant, TenantMember


def seed_accounts() -> None:
    """Make the demo's people with their memberships. What a person changed since stays."""
    with scopes.public():
        ids = dict(Tenant.objects.values_list("slug", "id"))
    for account in DEMO_ACCOUNTS:
        user_id = _seed_user(account)
        for slug, role in account.roles.items():
            with scopes.tenant(ids[slug]):
                TenantMember.objects.get_or_create(
                    tenant_id=ids[slug], user_id=user_id, defaults={"role": role}
                )


def _seed_user(account: DemoAccount) -> UUID:
    with scopes.public():
        user = get_or_create_user(account.email)
        if not user.has_usable_password():
            user.name, user.is_superuser = account.name, account.is_superuser
            make_account_ready(user, DEMO_PASSWORD)
        if account.totp_secret and not user.has_mfa:
            totp.enrol(user, account.totp_secret)
            user.mfa_enabled_at = timezone.now()
            user.save(update_fields=["mfa_enabled_at"])
    return user.id
