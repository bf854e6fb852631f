"""Public pages are kept until what they show is changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

import redis
import structlog
from django.db import connection, transaction
from django.utils import timezone

from storefront.gateways import pages
from tenants import scopes
from tenants.domain import outbox
from tenants.models import OutboxEvent

#: Written where Valkey couldn't be told: a worker goes on trying.
UNTOLD = "pages.changed"
_log = structlog.get_logger(__name__)


class NotInTransactionError(RuntimeError):
    """A change was announced outside the transaction that makes it."""


@dataclass(frozen=True, slots=True)
class _End:
    """What is left to do after the commit of a change."""

    tenant_id: UUID
    token: str

    def __call__(self) -> None:
        try:
            pages.end_change(self.tenant_id, self.token)
        except redis.RedisError as error:
            _log.warning("pages_not_forgotten", error=f"{type(error).__name__}: {error}")


@dataclass(slots=True)
class _Waiting:
    """A change of a tenant that is announced at its end, if it `is_due` by then."""

    tenant_id: UUID
    is_due: bool = False


_waiting: ContextVar[_Waiting | None] = ContextVar("souqna_pages_waiting", default=None)


@contextmanager
def one_change() -> Iterator[None]:
    """A transaction in which several verbs write, and that a later one may refuse: what they announce is
    announced at its end, and nothing is if it is undone.
    """
    waiting = _Waiting(scopes.current_tenant_id())
    with transaction.atomic():
        outer = _waiting.set(waiting)
        try:
            yield
        finally:
            _waiting.reset(outer)
        if waiting.is_due:
            pages_changed()


def pages_changed() -> None:
    """Have every visitor see what this transaction writes, from the next request after its commit on.

    Before the commit, so that a process killed right after it has forgotten the old pages all the same;
    last in the transaction where there is a choice (`one_change` has it be), because one that is undone
    keeps pages from being kept for some minutes. Again in the same transaction costs nothing. Orders
    don't call it, though they change what is left in stock: pages show that anew each time. Raises
    NotInTransactionError.
    """
    if not connection.in_atomic_block:
        raise NotInTransactionError("pages_changed() belongs into the transaction of the change")
    tenant_id = scopes.current_tenant_id()
    waiting = _waiting.get()
    if waiting is not None and waiting.tenant_id == tenant_id:
        waiting.is_due = True
        return
    if _is_under_way(tenant_id):
        return
    token = ""
    try:
        token = pages.begin_change(tenant_id, now=timezone.now())
    except redis.RedisError as error:
        # Nobody reads pages from a Valkey that is away, and one that was started anew knows none. But it
        # may be away from us alone: so this is written down with the change.
        _log.warning("pages_not_forgotten", error=f"{type(error).__name__}: {error}")
        outbox.enqueue(UNTOLD, {})
    transaction.on_commit(_End(tenant_id, token), robust=True)


@outbox.handles(UNTOLD)
def forget_pages(event: OutboxEvent) -> None:
    """Forget the pages of the tenant in force. Raises redis.RedisError, and is tried again then."""
    pages.end_change(scopes.current_tenant_id(), "")


def _is_under_way(tenant_id: UUID) -> bool:
    """Whether this transaction has begun a change that ends with it: not one that was rolled back to a
    savepoint, whose end is dropped with it.
    """
    # Each is bound to the scope that it was given in.
    waiting = (getattr(entry[1], "__wrapped__", None) for entry in connection.run_on_commit)
    return any(isinstance(end, _End) and end.tenant_id == tenant_id for end in waiting)
