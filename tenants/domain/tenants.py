"""A tenant's life: created, suspended, reactivated."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tenants import scopes
from tenants.domain import audit, outbox
from tenants.domain.provisioning import claim_schema
from tenants.domain.release import tenant_fingerprint
from tenants.enums import Role, TenantStatus
from tenants.gateways.queue import nudge
from tenants.models import Domain, Tenant, TenantMember, User
from tenants.queries.hosts import forget_hosts


class TenantRefusedError(Exception):
    """A tenant could not be made as asked; the text says why, for a person."""


class SlugTakenError(TenantRefusedError):
    """Another tenant has this slug."""


class SlugAlikeError(SlugTakenError):
    """Another tenant's slug looks so like this one that they would be taken for one another."""


class UnknownTenantError(Exception):
    """There is no tenant with this slug."""


def create_tenant(
    *,
    slug: str,
    name_ar: str,
    name_en: str,
    kind: str,
    owner_email: str,
    languages: Sequence[str] = ("ar", "en"),
    default_language: str = "ar",
) -> Tenant:
    """Make a tenant as an operator does, for an owner who needn't have an account yet.

    Enters its own scopes. Raises TenantRefusedError (SlugTakenError among them).
    """
    tenant = Tenant(
        slug=slug,
        name_ar=name_ar.strip(),
        name_en=name_en.strip(),
        kind=kind,
        languages=list(languages),
        default_language=default_language,
    )
    check_tenant(tenant)
    _check_address(slug, owner_email)
    with transaction.atomic(), scopes.public():
        open_tenant(tenant, owner=get_or_create_user(owner_email))
    return tenant


def open_tenant(tenant: Tenant, *, owner: User, actor_id: UUID | None = None) -> None:
    """Write a new tenant with its storefront's host and its owner; the schema comes out of the pool.
    `actor_id` is the person who asked for it, None if an operator did.

    In the caller's transaction, in the public scope. Raises SlugTakenError.
    """
    if Tenant.objects.filter(slug=tenant.slug).exists():
        raise _taken(tenant.slug)
    tenant.id, tenant.schema_fingerprint = claim_schema(), tenant_fingerprint()
    _insert(tenant)
    with scopes.tenant(tenant.id):
        TenantMember.objects.create(tenant=tenant, user=owner, role=Role.OWNER)
        about = {"slug": tenant.slug, "owner": owner.email}
        audit.record("tenant.created", actor_id=actor_id, **about)
        outbox.enqueue("tenant.created", about)
    transaction.on_commit(forget_hosts)
    transaction.on_commit(lambda: nudge("tenants.tasks.refill_schema_pool"), robust=True)


def check_tenant(tenant: Tenant) -> None:
    """Raise TenantRefusedError unless the new tenant's fields can be kept. No query."""
    try:
        tenant.clean_fields(exclude=("id", "schema_name", "schema_fingerprint"))
    except ValidationError as error:
        raise _refused(tenant.slug, error) from error


def _check_address(slug: str, email: str) -> None:
    try:
        User(email=email).clean_fields(exclude=("password",))
    except ValidationError as error:
        raise _refused(slug, error) from error


def _refused(slug: str, error: ValidationError) -> TenantRefusedError:
    fields = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
    return TenantRefusedError(f"{slug}: {fields}")


def _insert(tenant: Tenant) -> None:
    try:
        with transaction.atomic():
            tenant.save(force_insert=True)
            Domain.objects.create(
                tenant=tenant, domain=f"{tenant.slug}.{settings.SOUQNA_DOMAIN}", is_primary=True
            )
    except (
        IntegrityError
    ) as error:  # somebody was faster, or the host still leads to another tenant
        raise _taken(tenant.slug) from error


def _taken(slug: str) -> SlugTakenError:
    return SlugTakenError(f"{slug} is taken")


def get_or_create_user(email: str) -> User:
    """The person with this e-mail, whatever its case; a new one can't log in before a password."""
    known = User.objects.with_email(email)
    user = known.first()
    if user is None:
        user = User(email=email.lower())
        user.set_unusable_password()
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError:  # somebody was faster between our look and our insert
            return known.get()
    return user


def suspend_tenant(slug: str, *, reason: str, now: datetime, actor_id: UUID | None = None) -> bool:
    """Keep visitors and the API out. False if it was suspended already. Raises UnknownTenantError, and
    TenantRefusedError without a reason.
    """
    if not reason.strip():
        raise TenantRefusedError("a reason is needed: it is kept in the audit log")
    return _change_status(slug, TenantStatus.SUSPENDED, reason, now=now, actor_id=actor_id)


def reactivate_tenant(slug: str, *, now: datetime, actor_id: UUID | None = None) -> bool:
    """Let visitors and the API in again. False if it was active. Raises UnknownTenantError."""
    return _change_status(slug, TenantStatus.ACTIVE, "", now=now, actor_id=actor_id)


def change_plan(slug: str, *, plan: str | None, actor_id: UUID | None = None) -> bool:
    """Put the tenant on the plan with this code, or on none. False if it was. Raises
    UnknownTenantError.
    """
    with transaction.atomic(), scopes.public():
        tenant = _locked(slug)
        if tenant.plan_id == plan:
            return False
        before, tenant.plan_id = tenant.plan_id, plan
        tenant.save(update_fields=["plan"])
        with scopes.tenant(tenant.id):
            audit.record("tenant.plan_changed", actor_id=actor_id, plan=plan, before=before)
        transaction.on_commit(forget_hosts)
    return True


def _locked(slug: str) -> Tenant:
    tenant = Tenant.objects.select_for_update().filter(slug=slug).first()
    if tenant is None or tenant.is_closed:
        raise UnknownTenantError(f"there is no tenant {slug}")
    return tenant


def _change_status(
    slug: str, status: TenantStatus, reason: str, *, now: datetime, actor_id: UUID | None
) -> bool:
    with transaction.atomic(), scopes.public():
        tenant = _locked(slug)
        if tenant.status == status:
            return False
        tenant.status, tenant.status_reason, tenant.status_changed_at = status, reason, now
        tenant.save(update_fields=["status", "status_reason", "status_changed_at"])
        with scopes.tenant(tenant.id):
            audit.record(f"tenant.{status}", actor_id=actor_id, reason=reason)
            outbox.enqueue(f"tenant.{status}", {"reason": reason})
        transaction.on_commit(forget_hosts)
    return True
