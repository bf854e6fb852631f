"""Background work of the storefront: pictures."""

from uuid import UUID

import structlog
from celery import shared_task
from django.utils import timezone

from storefront.domain import processing, sweeping
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


def _process(claim: Claim) -> None:
    ids = {"tenant": str(claim.tenant_id or ""), "upload_id": str(claim.row_id)}
    with claim.scope(), structlog.contextvars.bound_contextvars(**ids):
        processing.process(claim)
