"""Loaded into a Celery worker: handlers with an effect to count, and a death at a chosen point.

`SOUQNA_DIE_AT` names the point; the file `SOUQNA_DIED` makes it happen once.
"""

import os
import signal
from pathlib import Path

from tenants.domain import audit, outbox
from tenants.models import OutboxEvent


def die_once(point: str) -> None:
    """Kill this worker child, or the whole worker, the way the kernel's OOM killer would."""
    marker = Path(os.environ["SOUQNA_DIED"])
    if os.environ["SOUQNA_DIE_AT"] != point or marker.exists():
        return
    marker.write_text(point)
    victims = [os.getpid()]
    if os.environ.get("SOUQNA_DIE_WHOLE"):
        victims.append(os.getppid())
    for victim in reversed(victims):
        os.kill(victim, signal.SIGKILL)


@outbox.handles("test.effect")
def effect(event: OutboxEvent) -> None:
    """Leave one audit entry."""
    die_once("before the effect")
    audit.record("test.effect", event=str(event.id))
    die_once("after the effect, before the commit")


_deliver = outbox.deliver


def deliver(claim):
    """The real delivery, with a death on either side if it is an event of ours."""
    ours = OutboxEvent.objects.get(id=claim.row_id).kind == "test.effect"
    if ours:
        die_once("claimed, not begun")
    delivered = _deliver(claim)
    if ours:
        die_once("committed, not acknowledged")
    return delivered


outbox.deliver = deliver
