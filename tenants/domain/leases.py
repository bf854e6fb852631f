"""Claiming rows of work, and what becomes of them: the same for events and for messages."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

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


def unfinished(model: type[Row]) -> QuerySet[Row]:
    """Rows that are neither done nor given up."""
    rows: QuerySet[Any] = model.objects.filter(**{model.done: None}, dead_at=None)
    return rows


def claim(
    model: type[Row], row_id: UUID | None = None, *, terms: Terms
) -> tuple[UUID, UUID] | None:
    """Claim the longest waiting row (or this one): its id and its tenant's.

    Runs in the platform's scope. Two workers never hold the same row. One whose attempts all ended with a
    killed worker is given up here, since nobody lived to record a failure.
    """
    waiting: QuerySet[Any] = unfinished(model).filter(available_at__lte=Now())
    if row_id is not None:
        waiting = waiting.filter(id=row_id)
    with transaction.atomic():
        row = waiting.order_by("available_at").select_for_update(skip_locked=True).first()
        if row is None:
            return None
        if row.attempts >= terms.attempts:
            row.dead_at = timezone.now()
            row.last_error = row.last_error or "every worker that tried it was lost"
        row.attempts += 1
        row.available_at = timezone.now() + timedelta(seconds=terms.lease)
        row.save(update_fields=["attempts", "available_at", "dead_at", "last_error"])
    return row.id, row.tenant_id


def record_failure(model: type[Row], row_id: UUID, error: Exception, *, terms: Terms) -> None:
    """Try the row again after a wait, or give it up. Nothing if another worker has seen to it since:
    our lease may have run out.
    """
    with transaction.atomic():
        rows: QuerySet[Any] = unfinished(model).select_for_update()
        row = rows.filter(id=row_id).first()
        if row is None:
            return
        row.last_error = f"{type(error).__name__}: {error}".replace("\0", "")[:2000]
        if row.attempts >= terms.attempts:
            row.dead_at = timezone.now()
        else:
            row.available_at = timezone.now() + timedelta(seconds=terms.wait(row.attempts))
        row.save(update_fields=["last_error", "dead_at", "available_at"])


def revive(model: type[Row], row_id: UUID) -> None:
    """Give a dead row another life, from its first attempt."""
    rows: QuerySet[Any] = model.objects.exclude(dead_at=None)
    rows.filter(id=row_id).update(dead_at=None, attempts=0, available_at=Now())
