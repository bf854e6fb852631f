"""Background work of the notifications: sending messages."""

from uuid import UUID

import structlog
from celery import shared_task

from notifications.domain import messages
from tenants import scopes
from tenants.celery import PlatformTask
from tenants.domain.leases import Claim


@shared_task(base=PlatformTask)
def deliver_message(message_id: str) -> None:
    """Send one message, unless somebody else does."""
    claimed = messages.claim(UUID(message_id))
    if claimed:
        _deliver(claimed)


@shared_task(base=PlatformTask)
def sweep_messages() -> int:
    """Send what waits: messages whose nudge was lost, whose worker died or whose retry is due.

    Ends at the first failure: while a mail server hangs, a sweep costs one time-out, not all of them.
    """
    sent = 0
    while (claimed := messages.claim()) and _deliver(claimed):
        sent += 1
    return sent


def _deliver(claim: Claim) -> bool:
    ids = {"tenant": str(claim.tenant_id), "message_id": str(claim.row_id)}
    with scopes.tenant(claim.tenant_id), structlog.contextvars.bound_contextvars(**ids):
        return messages.deliver(claim)
