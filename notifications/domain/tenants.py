"""Events in a tenant's life."""

from tenants.domain import audit
from tenants.domain.outbox import declare, handles
from tenants.models import OutboxEvent

# Told to nobody yet.
declare("tenant.suspended", "tenant.active")


@handles("tenant.created")
def welcome(event: OutboxEvent) -> None:
    """Note in the tenant's audit log that its creation was announced."""
    audit.record("tenant.welcomed", event=str(event.id), slug=event.payload["slug"])
