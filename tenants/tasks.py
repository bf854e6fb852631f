"""Background work of the tenancy: delivering the outbox, keeping the pool warm."""

from uuid import UUID

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from tenants import scopes
from tenants.celery import PlatformTask
from tenants.domain import outbox, provisioning
from tenants.domain.codes import purge_codes
from tenants.domain.leases import Claim
from tenants.domain.logins import purge_logins
from tenants.gateways.sessions import SessionStore

_log = structlog.get_logger(__name__)


@shared_task(base=PlatformTask)
def deliver_outbox_event(event_id: str) -> None:
    """Deliver one event, unless somebody else does."""
    claimed = outbox.claim(UUID(event_id))
    if claimed:
        _deliver(claimed)


@shared_task(base=PlatformTask)
def sweep_outbox() -> int:
    """Deliver what waits: events whose nudge was lost, whose worker died or whose retry is due.

    One by one, so that an event that kills its worker takes no other's attempt with it.
    """
    delivered = 0
    while claimed := outbox.claim():
        delivered += _deliver(claimed)
    return delivered


@shared_task(base=PlatformTask)
def refill_schema_pool() -> int:
    """Make schemas until the pool is full again."""
    made = provisioning.fill_pool(settings.PROVISIONING_POOL_SIZE)
    if made:
        _log.info("schema_pool_refilled", made=made)
    return made


@shared_task(base=PlatformTask)
def purge_identity() -> None:
    """Delete codes, logins and sessions that are over."""
    with scopes.public():
        codes, ended = purge_codes(now=timezone.now()), purge_logins(now=timezone.now())
    SessionStore.clear_expired()
    _log.info("identity_purged", codes=codes, logins=ended)


def _deliver(claim: Claim) -> bool:
    ids = {"tenant": str(claim.tenant_id or ""), "event_id": str(claim.row_id)}
    with claim.scope(), structlog.contextvars.bound_contextvars(**ids):
        return outbox.deliver(claim)
