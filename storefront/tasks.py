"""Background work of the storefront: writing visits."""

import redis
import structlog
from celery import shared_task
from django.db import DatabaseError

from storefront.domain import visits
from tenants import scopes
from tenants.celery import PlatformTask

_log = structlog.get_logger(__name__)


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
