"""The embedded mailbox: what was sent while no mail server is set up, of all tenants."""

from uuid import UUID

from notifications.models import Message
from tenants import scopes

#: How many messages one look shows.
MOST = 100


def sent_messages(*, to: str = "") -> list[Message]:
    """What was sent, newest first, `MOST` at most; `to` is an e-mail address, in any case."""
    with scopes.platform():
        messages = Message.objects.exclude(sent_at=None).order_by("-sent_at", "-created_at", "id")
        if to:
            messages = messages.filter(recipient__iexact=to)
        return list(messages[:MOST])


def sent_message(message_id: UUID) -> Message | None:
    """One of them, or None."""
    with scopes.platform():
        found: Message | None = Message.objects.exclude(sent_at=None).filter(id=message_id).first()
    return found
