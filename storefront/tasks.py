"""Background work of the storefront: pictures and visits."""

from uuid import UUID

import redis
import structlog
from celery import shared_task
from django.db import DatabaseError
from django.utils import timezone

from storefront.domain import processing, sweeping, visits
from tenants import scopes
from tenants.celery import PlatformTask
from tenants.domain.leases import Claim
from tenants.models import Tenant

_log = structlog.get_logger(__name__)


@shared_task(base=PlatformTask)
def process_upload(upload_id: str) -> None:
    """See to one upload, unless somebody else does."""
    claimed = processing.claim(UUID(upload_id))
    if claimed:
        _process(claimed)


@shared_task(base=PlatformTask)
def sweep_uploads() -> int:
    """See to what waits: uploads whose nudge was lost, whose worker died, whose retry is due or that
    were abandoned.
    """
    seen = 0
    while claimed := processing.claim():
        _process(claimed)
        seen += 1
    return seen


@shared_task(base=PlatformTask)
def sweep_files() -> int:
    """Delete what nobody needs any more in the tenants' storage, one tenant after another."""
    swept = sweeping.sweep_incoming(now=timezone.now())
    for tenant_id in list(Tenant.objects.values_list("id", flat=True)):
        try:
            with scopes.tenant(tenant_id):
                swept += sweeping.sweep_tenant(now=timezone.now())
        except Exception:  # noqa: BLE001 (one tenant's trouble, such as an old schema, is not the others')
            _log.exception("files_not_swept", tenant=str(tenant_id))
    return swept


@shared_task(base=PlatformTask)
def write_visits() -> int:
    """Write the visits that were buffered since; how many. What fails for one tenant waits for the next
    run and is no other's matter.
    """
    written = 0
    for tenant_id in visits.tenants_that_wait():
        with (
            scopes.tenant(tenant_id),
            structlog.contextvars.bound_contextvars(tenant=str(tenant_id)),
        ):
            try:
                written += visits.write_waiting()
            except (DatabaseError, redis.RedisError):
                _log.exception("visits_not_written")
    return written


def _process(claim: Claim) -> None:
    ids = {"tenant": str(claim.tenant_id or ""), "upload_id": str(claim.row_id)}
    with claim.scope(), structlog.contextvars.bound_contextvars(**ids):
        processing.process(claim)
