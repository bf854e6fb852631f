"""Background work of the notifications: sending messages."""

from uuid import UUID

import structlog
from celery import shared_task

from notifications.domain import messages
from notifications.enums import Outcome
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

    Ends where there is no server to talk to: while one hangs, a sweep costs one time-out, not many.
    """
    sent = 0
    while claimed := messages.claim():
        outcome = _deliver(claimed)
        if outcome is Outcome.UNREACHABLE:
            break
        sent += outcome is Outcome.SENT
    return sent


def _deliver(claim: Claim) -> Outcome:
    ids = {"tenant": str(claim.tenant_id or ""), "message_id": str(claim.row_id)}
    with claim.scope(), structlog.contextvars.bound_contextvars(**ids):
        return messages.deliver(claim)
