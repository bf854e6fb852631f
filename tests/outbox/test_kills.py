"""Nothing is lost and nothing doubled, whoever is killed when. Each in processes of their own."""

import os
import subprocess
import sys

import pytest
from django.db import transaction

from tenants import scopes
from tenants.domain import outbox
from tests.outbox.conftest import delivered, effects

_DIE_BEFORE_PUBLISHING = """
import os, signal, django; django.setup()
from uuid import UUID
from django.db import transaction
from tenants import scopes
from tenants.domain import audit, outbox
outbox.nudge = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
with scopes.tenant(UUID("{tenant}")), transaction.atomic():
    audit.record("test.change")
    print(outbox.enqueue("test.effect", {{}}).id, flush=True)
"""


def _enqueue(tenant):
    with scopes.tenant(tenant.id), transaction.atomic():
        return outbox.enqueue("test.effect", {})


@pytest.mark.parametrize(
    ("point", "attempts"),
    [
        ("claimed, not begun", 2),
        ("before the effect", 2),
        ("after the effect, before the commit", 2),
        ("committed, not acknowledged", 1),
    ],
)
@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(False, id="child"),
        pytest.param(True, id="worker", marks=pytest.mark.slow),
    ],
)
def test_a_killed_worker_loses_and_doubles_nothing(
    worker, tenant_a, tmp_path, point, attempts, whole
):
    process = worker(point, whole=whole)
    event = _enqueue(tenant_a)
    if whole:
        process.wait(60)
        worker()

    event = delivered(tenant_a.id, event.id)

    assert (tmp_path / "died").read_text() == point  # the kill did happen
    assert event.dead_at is None
    assert event.attempts == attempts
    assert effects(tenant_a.id, event.id) == 1


def test_a_web_process_killed_between_commit_and_publish_loses_nothing(worker, tenant_a):
    done = subprocess.run(
        [sys.executable, "-c", _DIE_BEFORE_PUBLISHING.format(tenant=tenant_a.id)],
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -9
    event_id = done.stdout.strip()
    worker()

    delivered(tenant_a.id, event_id)

    assert effects(tenant_a.id, event_id) == 1


def test_without_a_sweeper_the_lost_nudge_would_be_felt(worker, tenant_a, monkeypatch):
    """The control: with no beat, an event whose nudge was lost stays where it is."""
    monkeypatch.setattr(outbox, "nudge", lambda *_: None)
    worker(beat=False)
    event = _enqueue(tenant_a)

    with pytest.raises(AssertionError, match="not delivered"):
        delivered(tenant_a.id, event.id, seconds=6)
