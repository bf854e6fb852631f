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
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from capture.models import IdempotencyRecord
from tenants import scopes
from tenants.db.messages import GO_ON, GOES_ON, STOP, Question, Statement, ask
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
    do: Callable[..., Answer],
    *,
    now: datetime,
    asking: Sequence[Question] = (),
) -> Answer:
    """Call `do` in a transaction unless the attempt's key has an answer, and keep its answer.

    `asking`: what `do` is to be given the answers to, asked by the message that looks for the key. Locks
    are taken, and statements with GOES_ON do something, for whoever calls `do` alone.

    Raises RequestInFlightError, KeyReusedError and whatever `do` raises (nothing is kept then).
    """
    with act():
        record, rows = _locked_record(attempt, asking)
        if record is not None:
            if record.created_at >= now - KEPT:
                answer = _repeated(record, attempt)
                # The transaction may be another's, which goes on behind this.
                ask(Statement(f"SELECT {GO_ON}"))
                return answer
            IdempotencyRecord.objects.filter(endpoint=attempt.endpoint, key=attempt.key).delete()
            _, *rows = ask(Statement(f"SELECT {GO_ON}"), *asking)
        answer = do(*rows)
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


def _repeated(record: "_Record", attempt: Attempt) -> Answer:
    if record.fingerprint != attempt.fingerprint:
        raise KeyReusedError
    body = json.loads(record.body)
    return Answer(record.status, body, location=record.location, is_replay=True)


def _locked_record(
    attempt: Attempt, asking: Sequence[Question]
) -> tuple["_Record | None", list[list[Any]]]:
    """The attempt's record, under the attempt's lock, and the answers to `asking`: several statements in
    one message. A single statement would look with a snapshot older than its lock.
    """
    ((is_locked, _),), found, *rows = ask(_lock(attempt), _look(attempt), *map(_stopped, asking))
    if not is_locked:
        raise RequestInFlightError
    return (_Record(*found[0][:-1]) if found else None), rows


def _stopped(question: Question) -> Question:
    """What locks nothing once the transaction is stopped."""
    if isinstance(question, Statement) or not question.query.select_for_update:
        return question
    goes_on = RawSQL(GOES_ON, (), output_field=BooleanField())  # noqa: S611 (a constant)
    return question.filter(goes_on)


class _Record(NamedTuple):
    """What is kept under a key, as `_look` asks for it."""

    fingerprint: str
    status: int
    body: str
    location: str
    created_at: datetime


def _look(attempt: Attempt) -> Statement:
    table = connection.ops.quote_name(IdempotencyRecord._meta.db_table)
    return Statement(
        f"SELECT fingerprint, status, body, location, created_at, {STOP}"  # noqa: S608 (a model's table)
        f" FROM {table} WHERE endpoint = %s AND key = %s",
        [attempt.endpoint, attempt.key],
    )


def _lock(attempt: Attempt) -> Statement:
    # Advisory locks are the database's, not a schema's: the tenant is part of the name.
    name = f"{scopes.current_tenant_id()}/{attempt.endpoint}/{attempt.key}"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    answer = f"is_ours, CASE WHEN is_ours THEN {GO_ON} ELSE {STOP} END"
    text = f"SELECT {answer} FROM pg_try_advisory_xact_lock(%s) AS is_ours"  # noqa: S608 (constants)
    return Statement(text, [number])
