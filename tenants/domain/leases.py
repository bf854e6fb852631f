"""Claiming rows of work, and what becomes of them: the same for events and for messages."""

import random
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from tenants import scopes
from tenants.models import LeasedModel

Row = TypeVar("Row", bound=LeasedModel)

#: The longest wait between two attempts, in seconds.
LONGEST = 3600.0


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a claim lasts (seconds), how often a row is tried, the first wait (seconds)."""

    lease: float
    attempts: int
    backoff: float

    def wait(self, attempts: int) -> float:
        """Seconds to wait after this many attempts: doubling, up to an hour, ±20 % so that retries of
        many rows don't come in step.
        """
        wait: float = min(self.backoff * 2 ** (attempts - 1), LONGEST)
        return wait * random.uniform(0.8, 1.2)  # noqa: S311 (no secret)


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that a worker holds, for a while: once another has claimed it, `attempt` is no longer the
    row's, and the late worker has no say in it.
    """

    row_id: UUID
    tenant_id: UUID | None
    attempt: int

    def scope(self) -> AbstractContextManager[None]:
        """Enter the scope that the row is worked on in: its tenant's, or the platform's."""
        return scopes.tenant(self.tenant_id) if self.tenant_id else scopes.platform()


def unfinished(model: type[Row]) -> QuerySet[Row]:
    """Rows that are neither done nor given up."""
    rows: QuerySet[Any] = model.objects.filter(**{model.done: None}, dead_at=None)
    return rows


def held(model: type[Row], claim: Claim) -> QuerySet[Row]:
    """The claimed row, if it is unfinished and nobody has claimed it since."""
    return unfinished(model).filter(id=claim.row_id, attempts=claim.attempt)


def claim(model: type[Row], row_id: UUID | None = None, *, terms: Terms) -> Claim | None:
    """Claim the longest waiting row, or this one.

    Runs in the platform's scope. Two workers never hold the same row. Those whose attempts all ended with
    a killed worker are given up on the way, since nobody lived to record a failure.
    """
    waiting: QuerySet[Any] = unfinished(model).filter(available_at__lte=Now())
    if row_id is not None:
        waiting = waiting.filter(id=row_id)
    with transaction.atomic():
        rows = waiting.order_by("available_at").select_for_update(skip_locked=True)
        while (row := rows.first()) and row.attempts >= terms.attempts:
            row.dead_at = timezone.now()
            row.last_error = row.last_error or "every worker that tried it was lost"
            row.save(update_fields=["dead_at", "last_error"])
        if row is None:
            return None
        row.attempts += 1
        row.available_at = timezone.now() + timedelta(seconds=terms.lease)
        row.save(update_fields=["attempts", "available_at"])
    return Claim(row.id, row.tenant_id, row.attempts)


def record_done(model: type[Row], claim: Claim) -> bool:
    """Note that the work is done; False if it was noted before. What has gone out has gone out: neither
    a later claim nor having been given up meanwhile makes it undone.
    """
    rows: QuerySet[Any] = model.objects.filter(**{"id": claim.row_id, model.done: None})
    return rows.update(**{model.done: timezone.now(), "dead_at": None, "last_error": ""}) == 1


def record_failure(
    model: type[Row], claim: Claim, error: Exception, *, terms: Terms, is_final: bool = False
) -> None:
    """Try the row again after a wait, or give it up: at once if the failure is final. Nothing if another
    worker has claimed or finished it since: our lease may have run out.
    """
    with transaction.atomic():
        rows: QuerySet[Any] = held(model, claim).select_for_update()
        row = rows.first()
        if row is None:
            return
        row.last_error = f"{type(error).__name__}: {error}".replace("\0", "")[:2000]
        if is_final or row.attempts >= terms.attempts:
            row.dead_at = timezone.now()
        else:
            row.available_at = timezone.now() + timedelta(seconds=terms.wait(row.attempts))
        row.save(update_fields=["last_error", "dead_at", "available_at"])


def revive(model: type[Row], row_id: UUID) -> None:
    """Give a dead row another life, from its first attempt."""
    rows: QuerySet[Any] = model.objects.exclude(dead_at=None)
    rows.filter(id=row_id).update(dead_at=None, attempts=0, available_at=Now())
