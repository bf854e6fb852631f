"""The outbox: what happened is written with what made it happen, and handled afterwards.

`enqueue()` writes a row in the caller's transaction; after the commit a Celery task is nudged. The
nudge may be lost, with the process or the broker: the sweeper finds the row all the same. A handler
runs in one transaction with the mark "delivered", so its effects in the database happen exactly once,
however often a worker is killed; what leaves the database (a mail) must be made of rows it writes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from tenants import scopes
from tenants.db.writes import insert
from tenants.domain import leases
from tenants.domain.leases import Claim
from tenants.gateways.queue import nudge
from tenants.models import OutboxEvent

Handler = Callable[[OutboxEvent], None]
_handlers: dict[str, list[Handler]] = {}
_log = structlog.get_logger(__name__)
_past: ContextVar[bool] = ContextVar("souqna_past", default=False)


class UnknownKindError(RuntimeError):
    """No handler is registered for an event's kind: a newer release wrote it, or a name is wrong."""


class NotInTransactionError(RuntimeError):
    """An event was enqueued outside the transaction that it reports."""


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register a handler of events of this kind. It runs in the tenant's scope, in a transaction."""

    def register(handler: Handler) -> Handler:
        _handlers.setdefault(kind, []).append(handler)
        return handler

    return register


def enqueue(kind: str, payload: dict[str, Any]) -> OutboxEvent:
    """Write an event of the tenant in force into the caller's transaction.

    `payload` is JSON: ids and what the message needs. Raises NotInTransactionError, NoScopeError.
    """
    return _enqueue(scopes.current_tenant_id(), kind, payload)


def enqueue_for_person(kind: str, payload: dict[str, Any]) -> OutboxEvent:
    """The same for an event that is no tenant's but a person's: they signed up, a code was sent to them.
    In the public scope; it is handled in the platform's. Raises NotInTransactionError.
    """
    return _enqueue(None, kind, payload)


def _enqueue(tenant_id: UUID | None, kind: str, payload: dict[str, Any]) -> OutboxEvent:
    if not connection.in_atomic_block:
        message = f"{kind}: enqueue() belongs into the transaction of the change it reports"
        raise NotInTransactionError(message)
    event = OutboxEvent(tenant_id=tenant_id, kind=kind, payload=payload)
    if _past.get():
        event.delivered_at = timezone.now()
    insert(event)
    if event.delivered_at:
        return event
    transaction.on_commit(
        lambda: nudge("tenants.tasks.deliver_outbox_event", str(event.id)), robust=True
    )
    return event


@contextmanager
def past() -> Iterator[None]:
    """What the block reports is long past: its events are written as delivered, and nobody is told."""
    token = _past.set(True)
    try:
        yield
    finally:
        _past.reset(token)


def claim(event_id: UUID | None = None) -> Claim | None:
    """Claim the longest waiting event (or this one) for `OUTBOX_LEASE` seconds. Runs in the platform's
    scope.
    """
    return leases.claim(OutboxEvent, event_id, terms=_terms())


def deliver(claim: Claim) -> bool:
    """Run the handlers of a claimed event, in its tenant's scope. Returns whether it was delivered now.

    Until the end the row is locked, so nobody else claims it meanwhile. A failure is recorded and tried
    again later, or given up for dead; it is never raised.
    """
    try:
        with transaction.atomic():
            held = leases.held(OutboxEvent, claim).select_for_update(skip_locked=True)
            event = held.first()
            if event is None:
                return False
            for handler in handlers_of(event.kind):
                handler(event)
            event.delivered_at = timezone.now()
            event.save(update_fields=["delivered_at"])
    except Exception as error:  # noqa: BLE001 (any failure of a handler is the event's, to be tried again)
        _log.exception("outbox_handler_failed", event_id=str(claim.row_id))
        leases.record_failure(OutboxEvent, claim, error, terms=_terms())
        return False
    return True


def handlers_of(kind: str) -> list[Handler]:
    """The handlers of a kind. Raises UnknownKindError: in a rolling deployment an old worker must leave
    the new release's events to the new workers, not swallow them.
    """
    try:
        return _handlers[kind]
    except KeyError:
        raise UnknownKindError(kind) from None


def declare(*kinds: str) -> None:
    """Know these kinds of events, though nobody handles them yet."""
    for kind in kinds:
        _handlers.setdefault(kind, [])


def revive(event_id: UUID) -> None:
    """Give a dead event another life, from its first attempt."""
    leases.revive(OutboxEvent, event_id)


def _terms() -> leases.Terms:
    return leases.Terms(
        lease=settings.OUTBOX_LEASE,
        attempts=settings.OUTBOX_MAX_ATTEMPTS,
        backoff=settings.OUTBOX_BACKOFF,
    )
