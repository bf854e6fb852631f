"""Messages: written with the event that they tell of, sent afterwards, at least once.

`write_message()` puts the whole message into the transaction that handles the event; after the commit
a Celery task is nudged, and beat sweeps what a lost nudge left. Sending happens outside any
transaction. A worker killed between the server's "accepted" and our note of it sends again, with the
same `Message-ID`: that is how the receiving side can tell.
"""

from email.utils import format_datetime
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications.channels import email
from notifications.domain.letters import Letter, named_address, one_line
from notifications.models import Message
from tenants.domain import leases
from tenants.domain.leases import Claim
from tenants.gateways.queue import nudge
from tenants.models import OutboxEvent

_log = structlog.get_logger(__name__)


def write_message(event: OutboxEvent, letter: Letter) -> None:
    """Write the letter that tells of `event`, unless there is one already. In the tenant's scope, in the
    transaction of the event's handler, and in the letter's language.
    """
    message_id = uuid4()
    message = Message(
        id=message_id,
        tenant_id=event.tenant_id,
        event_id=event.id,
        kind=letter.kind,
        recipient=letter.recipient,
        language=letter.language,
        subject=one_line(letter.subject, most=200),
        text=letter.text(),
        html=letter.html(),
        headers=_headers(message_id, letter),
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
    transaction.on_commit(
        lambda: nudge("notifications.tasks.deliver_message", str(message_id)), robust=True
    )


def _headers(message_id: UUID, letter: Letter) -> dict[str, str]:
    headers = {
        "Message-ID": f"<{message_id}@{settings.SOUQNA_DOMAIN}>",
        "Date": format_datetime(timezone.now()),
        "From": named_address(letter.sender, settings.DEFAULT_FROM_EMAIL),
        "Content-Language": letter.language,
        # No out-of-office note comes back for it (RFC 3834).
        "Auto-Submitted": "auto-generated",
    }
    return headers | ({"Reply-To": letter.reply_to} if letter.reply_to else {})


def claim(message_id: UUID | None = None) -> Claim | None:
    """Claim the longest waiting message (or this one) for `MESSAGE_LEASE` seconds. Runs in the
    platform's scope.
    """
    return leases.claim(Message, message_id, terms=_terms())


def deliver(claim: Claim) -> bool:
    """Send a claimed message, in its tenant's scope. Returns whether it was sent now.

    A failure is recorded and tried again later, or given up for dead; it is never raised.
    """
    message = leases.held(Message, claim).first()
    if message is None:
        return False
    try:
        # Not in a transaction: it would be held as long as the mail server likes.
        email.send(message)
    except Exception as error:  # noqa: BLE001 (any failure to send is the message's, to be tried again)
        _log.warning("message_not_sent", message_id=str(claim.row_id), error=repr(error))
        leases.record_failure(Message, claim, error, terms=_terms())
        return False
    return leases.record_done(Message, claim)


def _terms() -> leases.Terms:
    return leases.Terms(
        lease=settings.MESSAGE_LEASE,
        attempts=settings.MESSAGE_MAX_ATTEMPTS,
        backoff=settings.MESSAGE_BACKOFF,
    )
