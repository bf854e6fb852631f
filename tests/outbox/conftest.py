"""A real worker with beat, as a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tenants import scopes
from tenants.gateways import valkey
from tenants.models import AuditEntry, OutboxEvent


@pytest.fixture
def worker(tmp_path: Path, real_db) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts a worker that dies at a point, if one is named; stops all at the end."""
    started: list[subprocess.Popen[bytes]] = []
    valkey.counters().flushdb()

    def start(
        die_at: str = "",
        *,
        whole: bool = False,
        beat: bool = True,
        settings_module: str = "tests.outbox.settings",
        loaded: str = "tests.outbox.deadly",
        **variables: str,
    ):
        environment = {
            **os.environ,
            **variables,
            "DJANGO_SETTINGS_MODULE": settings_module,
            "SOUQNA_STATE": str(settings.SOUQNA_STATE),
            "SOUQNA_DIE_AT": die_at,
            "SOUQNA_DIED": str(tmp_path / "died"),
            "SOUQNA_DIE_WHOLE": "1" if whole else "",
        }
        log = (tmp_path / f"worker-{len(started)}.log").open("wb")
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-c", "2"]
        command += ["-I", loaded, "-l", "INFO"]
        command += ["-B", "-s", str(tmp_path / "beat")] if beat else []
        process = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        started.append(process)
        return process

    yield start
    for process in started:
        _kill_group(process.pid)
        process.wait()


def _kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def delivered(tenant_id, event_id, seconds: float = 60) -> OutboxEvent:
    """Wait until the event is delivered or dead; the row."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with scopes.tenant(tenant_id):
            event = OutboxEvent.objects.get(id=event_id)
        if event.delivered_at or event.dead_at:
            return event
        time.sleep(0.1)
    raise AssertionError(f"not delivered within {seconds} s: {vars(event)}")


def effects(tenant_id, event_id) -> int:
    """How often the handler's effect is there."""
    with scopes.tenant(tenant_id):
        return AuditEntry.objects.filter(action="test.effect", detail__event=str(event_id)).count()
