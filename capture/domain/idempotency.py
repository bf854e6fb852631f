"""A submission happens once, however often it is sent.

The first statement of the transaction takes a lock named after tenant, endpoint and key; whoever
doesn't get it is told that the same request is on its way. Then the key's stored answer is repeated,
or the act is done and its answer stored in the same transaction, and by the same message as the rows
that the act wrote. Only successes are kept: a refused request may be sent again with the same key.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from capture.models import IdempotencyRecord
from tenants import scopes
from tenants.db.messages import Statement, ask
from tenants.db.writes import act, insert

#: How long an answer is kept.
KEPT = timedelta(days=7)


class RequestInFlightError(Exception):
    """The same key is being worked on in another transaction right now."""


class KeyReusedError(Exception):
    """The key was used for another request."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One submission: where it was sent, its key, and what it asks (anything JSON can say)."""

    endpoint: str
    key: UUID
    asked: Any

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what is asked, in hexadecimal; the order of members doesn't matter."""
        # ASCII: JSON can carry half a surrogate pair, which UTF-8 can't.
        text = json.dumps(self.asked, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a submission was answered with. `body` is anything JSON can say."""

    status: int
    body: Any
    location: str = ""
    is_replay: bool = False


def once(
    attempt: Attempt,
    do: Callable[[], Answer],
    *,
    now: datetime,
    reading: Sequence[QuerySet[Any]] = (),
) -> Answer:
    """Call `do` in a transaction unless the attempt's key has an answer, and keep its answer.

    `reading`: querysets that `do` needs, evaluated by the message that looks for the key. Raises
    RequestInFlightError, KeyReusedError and whatever `do` raises (nothing is kept then).
    """
    with act():
        known = _known(attempt, reading, now=now)
        if known is not None:
            return known
        answer = do()
        body = json.dumps(answer.body, ensure_ascii=False)
        insert(
            IdempotencyRecord(
                endpoint=attempt.endpoint,
                key=attempt.key,
                fingerprint=attempt.fingerprint,
                status=answer.status,
                body=body,
                location=answer.location,
                created_at=now,
            )
        )
    return replace(answer, body=json.loads(body))


def _known(attempt: Attempt, reading: Sequence[QuerySet[Any]], *, now: datetime) -> Answer | None:
    record = _locked_record(attempt, reading)
    if record is None:
        return None
    if record.created_at < now - KEPT:
        IdempotencyRecord.objects.filter(endpoint=attempt.endpoint, key=attempt.key).delete()
        return None
    if record.fingerprint != attempt.fingerprint:
        raise KeyReusedError
    body = json.loads(record.body)
    return Answer(record.status, body, location=record.location, is_replay=True)


def _locked_record(attempt: Attempt, reading: Sequence[QuerySet[Any]]) -> "_Record | None":
    """The attempt's record, under the attempt's lock: two statements, though in one message. A single
    one would look with a snapshot older than its lock.
    """
    ((is_locked,),), found, *_ = ask(_lock(attempt), _record_of(attempt), *reading)
    if not is_locked:
        raise RequestInFlightError
    return _Record(*found[0]) if found else None


class _Record(NamedTuple):
    """What is kept under a key."""

    fingerprint: str
    status: int
    body: str
    location: str
    created_at: datetime


def _record_of(attempt: Attempt) -> Statement:
    table = connection.ops.quote_name(IdempotencyRecord._meta.db_table)
    columns = ", ".join(_Record._fields)
    return Statement(
        f"SELECT {columns} FROM {table} WHERE endpoint = %s AND key = %s",  # noqa: S608 (a model's)
        [attempt.endpoint, attempt.key],
    )


def _lock(attempt: Attempt) -> Statement:
    # Advisory locks are the database's, not a schema's: the tenant is part of the name.
    name = f"{scopes.current_tenant_id()}/{attempt.endpoint}/{attempt.key}"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    return Statement("SELECT pg_try_advisory_xact_lock(%s)", [number])
