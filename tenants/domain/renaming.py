"""A tenant takes another slug. The ones it had lead to it for ever, and nobody else gets them."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from tenants import scopes
from tenants.domain import members
from tenants.domain.onboarding import check_free, check_own_slug, lock_skeleton
from tenants.domain.permissions import Permission, require
from tenants.domain.tenants import SlugTakenError, check_tenant
from tenants.models import AuditEntry, Domain, Tenant, TenantMember
from tenants.queries.hosts import forget_hosts

#: So often may a tenant change its slug within so long.
MOST_RENAMES = 5
PERIOD = timedelta(days=30)
_ACT = "tenant.renamed"


class TooManyRenamesError(Exception):
    """The slug was changed as often lately as it may be."""


def rename_tenant(*, slug: str, actor: TenantMember, now: datetime) -> Tenant:
    """Give the tenant in force this slug, and its storefront the host of it; the host it had answers that
    it has moved. The slug that it has changes nothing. Returns the tenant's row as it is now.

    Raises PermissionDeniedError, UnknownMemberError, TooManyRenamesError, and TenantRefusedError
    (SlugTakenError and SlugAlikeError among them).
    """
    check_own_slug(slug)
    with transaction.atomic():
        acting = members.lock_team(actor)
        require(acting.role, Permission.MOVE_STOREFRONT)
        tenant = _locked()
        before = tenant.slug
        if before == slug:
            return tenant
        if count_renames(now=now) >= MOST_RENAMES:
            raise TooManyRenamesError
        with scopes.public():
            lock_skeleton(slug)
            check_free(slug, own=tenant.id)
            _move(tenant, slug)
        members.report(_ACT, acting, slug=slug, before=before)
        transaction.on_commit(forget_hosts)
    return tenant


def count_renames(*, now: datetime) -> int:
    """How often the slug was changed in the 30 days before `now`. One query."""
    return AuditEntry.objects.filter(action=_ACT, created_at__gt=now - PERIOD).count()


def had_slug(slug: str) -> bool:
    """Whether the tenant in force has had this slug and has another one now. Browsers then lead from its
    host to the present one until they forget, an hour at most, and in a circle if it is taken back.
    One query.
    """
    return Domain.objects.filter(
        tenant_id=scopes.current_tenant_id(), domain=_host(slug), is_primary=False
    ).exists()


def _locked() -> Tenant:
    tenant_id = scopes.current_tenant_id()
    with scopes.public():
        tenant: Tenant = Tenant.objects.select_for_update().get(id=tenant_id)
    return tenant


def _move(tenant: Tenant, slug: str) -> None:
    Domain.objects.filter(tenant=tenant, domain=_host(tenant.slug)).update(is_primary=False)
    tenant.slug = slug
    check_tenant(tenant)
    try:
        with transaction.atomic():
            tenant.save(update_fields=["slug"])
            if not Domain.objects.filter(tenant=tenant, domain=_host(slug)).update(is_primary=True):
                Domain.objects.create(tenant=tenant, domain=_host(slug), is_primary=True)
    except IntegrityError as error:  # an operator was faster, who doesn't wait for the lock
        raise SlugTakenError(f"{slug} is taken") from error


def _host(slug: str) -> str:
    return f"{slug}.{settings.SOUQNA_DOMAIN}"
