"""Tasks keep the tenant that they were called in: eagerly, and on a real worker."""

import os
import shutil
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from celery import chain, chord, current_app, group
from django.db import DatabaseError

from tenants import scopes
from tenants.celery import ScopelessTaskError
from tests.isolation import tasks

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 30
pytestmark = pytest.mark.usefixtures("seeded")


def place(side):
    """What a task says that ran in `side`."""
    return [str(side.id), side.name]


@pytest.fixture
def eager():
    """Tasks run where they are called."""
    before = current_app.conf.task_always_eager, current_app.conf.task_eager_propagates
    current_app.conf.task_always_eager = current_app.conf.task_eager_propagates = True
    yield
    current_app.conf.task_always_eager, current_app.conf.task_eager_propagates = before


@pytest.fixture(scope="module")
def worker(django_db_setup, tmp_path_factory):
    """A worker of two processes, on this run's database and broker."""
    current_app.control.purge()
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-I", tasks.__name__]
    log = tmp_path_factory.mktemp("worker") / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--pool", "prefork", "--concurrency", "2", "--without-mingle"],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
            stdout=output,
            stderr=output,
        )
        try:
            yield process
            assert process.poll() is None, log.read_text()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
            shutil.rmtree(log.parent)


def got(result):
    return result.get(timeout=SECONDS)


# In this process -----------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [tasks.look.apply, tasks.look.delay], ids=["apply", "delay"])
def test_an_eager_task_runs_in_the_callers_tenant(eager, a, b, call):
    for side in (a, b):
        with side.scope():
            assert call().get() == place(side)
    assert scopes.active() is None


def test_an_eager_task_of_another_tenant_leaves_the_callers_scope(eager, a, b):
    with a.scope():
        with b.scope():
            signature = tasks.look.s()
        assert signature.delay().get() == place(b)
        assert scopes.current_tenant_id() == a.id


def test_an_eager_retry_keeps_its_tenant(eager, a, b):
    current_app.conf.task_eager_propagates = False
    for side in (a, b):
        with side.scope():
            assert tasks.look_again.apply().get() == place(side)


def test_an_eager_chain_and_chord_keep_their_tenant(eager, a, b):
    for side in (a, b):
        with side.scope():
            linked = chain(tasks.look.s(), tasks.look.s())
            joined = chord([tasks.look.s(), tasks.look.s()], tasks.gather.s())
        assert linked().get() == place(side)
        assert joined().get() == [place(side)] * 3


def test_a_task_called_in_no_scope_refuses_and_does_nothing(eager, a, unharmed):
    for call in (tasks.write.delay, lambda text: tasks.write.apply([text], throw=True)):
        with pytest.raises(ScopelessTaskError):
            call("changed")


@pytest.mark.parametrize("scope", [scopes.public, scopes.platform])
def test_a_tenants_task_refuses_another_kind_of_scope(eager, scope, unharmed):
    with scope(), pytest.raises(ScopelessTaskError):
        tasks.write.delay("changed")


FORGED = {
    "none": None,
    "empty": {},
    "unknown kind": {"kind": "root", "tenant_id": "{id}"},
    "platform": {"kind": "platform", "tenant_id": "{id}"},
    "public": {"kind": "public", "tenant_id": "{id}"},
    "no id": {"kind": "tenant", "tenant_id": ""},
    "a schema's name": {"kind": "tenant", "tenant_id": "{schema}"},
    "an injection": {"kind": "tenant", "tenant_id": "{id}', true); --"},
    "an unknown tenant": {"kind": "tenant", "tenant_id": str(uuid.uuid4())},
    "an injected user": {"kind": "tenant", "tenant_id": "{id}", "user_id": "', true); --"},
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_header_runs_nothing(eager, a, unharmed, kind):
    header = FORGED[kind]
    if header is not None:
        header = {name: text.format(id=a.id, schema=a.schema) for name, text in header.items()}

    with pytest.raises((ScopelessTaskError, scopes.NoScopeError, ValueError, DatabaseError)):
        tasks.write.apply_async(["changed"], headers={"souqna_scope": header})

    assert scopes.active() is None


def test_a_platform_task_refuses_a_tenants_scope(eager, a):
    with a.scope(), pytest.raises(ScopelessTaskError):
        tasks.look_as_platform.delay()
    assert tasks.look_as_platform.delay().get() == "platform"


def test_a_task_without_our_base_class_finds_no_scope_of_its_own(eager):
    assert tasks.look_unscoped.delay().get() == "NoScopeError"


# On a worker ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("worker")
class TestWorker:
    def test_a_task_runs_in_the_callers_tenant(self, a, b):
        for side in (a, b):
            with side.scope():
                result = tasks.look.delay()
            assert got(result) == place(side)

    def test_a_signature_keeps_the_tenant_that_it_was_made_in(self, a, b):
        with a.scope():
            signature = tasks.look.s()

        assert got(signature.delay()) == place(a)
        with b.scope():
            assert got(signature.apply_async()) == place(a)

    def test_a_retry_keeps_its_tenant(self, a, b):
        results = []
        for side in (a, b):
            with side.scope():
                results.append(tasks.look_again.delay())

        assert [got(result) for result in results] == [place(a), place(b)]

    def test_a_chain_keeps_its_tenant(self, a, b):
        results = []
        for side in (a, b):
            with side.scope():
                results.append(chain(tasks.look.s(), tasks.look.s(), tasks.look.s()).delay())

        assert [got(result) for result in results] == [place(a), place(b)]

    def test_a_group_keeps_its_tenant(self, a, b):
        results = []
        for side in (a, b):
            with side.scope():
                results.append(group(tasks.look.s() for _ in range(3)).delay())

        assert [got(result) for result in results] == [[place(a)] * 3, [place(b)] * 3]

    def test_a_chord_keeps_its_tenant_to_the_end(self, a, b):
        results = []
        for side in (a, b):
            with side.scope():
                results.append(chord([tasks.look.s() for _ in range(3)])(tasks.gather.s()))

        assert [got(result) for result in results] == [[place(a)] * 4, [place(b)] * 4]

    def test_a_chain_over_both_tenants_keeps_each_links_own(self, a, b):
        with a.scope():
            first = tasks.look.s()
        with b.scope():
            second = tasks.look.s()

        result = chain(first, second).delay()

        assert got(result) == place(b)
        assert got(result.parent) == place(a)

    def test_a_task_sent_by_a_task_keeps_its_tenant(self, a, b):
        with a.scope():
            same = tasks.call_another.delay()
            other = tasks.call_in.delay(str(b.id))

        assert got(current_app.AsyncResult(got(same))) == place(a)
        assert got(current_app.AsyncResult(got(other))) == place(b)

    def test_tasks_of_both_tenants_interleave_in_the_same_processes(self, a, b):
        # In pairs: two processes taking turns would else serve one tenant each.
        sides = (a, a, b, b) * 5
        results = []
        for side in sides:
            with side.scope():
                results.append(tasks.look_slowly.delay(0.01))

        found = [got(result) for result in results]

        for side, (_, before, after) in zip(sides, found, strict=True):
            assert before == after == place(side)
        served = {}
        for side, (pid, _, _) in zip(sides, found, strict=True):
            served.setdefault(pid, set()).add(side.name)
        assert {"A", "B"} in served.values()

    def test_a_failure_leaves_nothing_to_the_next_task(self, a, b):
        with a.scope():
            failures = [tasks.fail.delay() for _ in range(4)]
        with b.scope():
            results = [tasks.look.delay() for _ in range(4)]

        for failure in failures:
            with pytest.raises(ZeroDivisionError):
                got(failure)
        assert [got(result) for result in results] == [place(b)] * 4

    def test_a_task_without_a_tenant_refuses_and_does_nothing(self, a, b, unharmed):
        results = [tasks.write.delay("changed")]
        for scope in (scopes.public(), scopes.platform()):
            with scope:
                results.append(tasks.write.delay("changed"))
        forged = {"souqna_scope": {"kind": "root", "tenant_id": str(a.id)}}
        results.append(tasks.write.apply_async(["changed"], headers=forged))
        results.append(current_app.send_task(tasks.write.name, ["changed"]))

        for result in results:
            with pytest.raises(ScopelessTaskError):
                got(result)
