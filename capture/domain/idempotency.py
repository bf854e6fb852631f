"""A submission happens once, however often it is sent.

The first statement of the transaction takes a lock named after tenant, endpoint and key; whoever
doesn't get it is told that the same request is on its way. Then the key's stored answer is repeated,
or the act is done and its answer stored in the same transaction. Only successes are kept: a refused
request may be sent again with the same key.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from capture.models import IdempotencyRecord
from tenants import scopes

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


def once(attempt: Attempt, act: Callable[[], Answer], *, now: datetime) -> Answer:
    """Do `act` in a transaction unless the attempt's key has an answer, and keep its answer.

    Raises RequestInFlightError, KeyReusedError and whatever `act` raises (nothing is kept then).
    """
    with transaction.atomic():
        _lock(attempt)
        known = _known(attempt, now=now)
        if known is not None:
            return known
        answer = act()
        body = json.dumps(answer.body, ensure_ascii=False)
        IdempotencyRecord.objects.create(
            endpoint=attempt.endpoint,
            key=attempt.key,
            fingerprint=attempt.fingerprint,
            status=answer.status,
            body=body,
            location=answer.location,
            created_at=now,
        )
    return replace(answer, body=json.loads(body))


def _lock(attempt: Attempt) -> None:
    # Advisory locks are the database's, not a schema's: the tenant is part of the name.
    name = f"{scopes.current_tenant_id()}/{attempt.endpoint}/{attempt.key}"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if cursor.fetchone() != (True,):
            raise RequestInFlightError


def _known(attempt: Attempt, *, now: datetime) -> Answer | None:
    record = IdempotencyRecord.objects.filter(endpoint=attempt.endpoint, key=attempt.key).first()
    if record is None:
        return None
    if record.created_at < now - KEPT:
        record.delete()
        return None
    if record.fingerprint != attempt.fingerprint:
        raise KeyReusedError
    body = json.loads(record.body)
    return Answer(record.status, body, location=record.location, is_replay=True)
