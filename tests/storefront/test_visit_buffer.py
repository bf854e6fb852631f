"""The buffer of visits: nothing is lost or doubled by a writer, and pages don't wait for Valkey."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.embedded.state import open_state
from config.embedded.valkey import Valkey
from storefront.domain import visits
from storefront.domain.visitors import visitor_of
from storefront.gateways import visits as gateway
from storefront.models import Visit
from tenants import scopes
from tenants.gateways import valkey
from tests.storefront.visiting import PHONE, view_of, visitor, written

_PROCESS = """
import os, signal, sys
from uuid import UUID
import django
django.setup()
from storefront.domain import visits
from storefront.gateways import visits as gateway
from tenants import scopes

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def then_die(function):
    def call(*args, **kwargs):
        function(*args, **kwargs)
        die()
    return call

point, tenant = sys.argv[1:]
if point == "taken":
    visits._write = die
if point == "written, not committed":
    from django.db.backends.utils import CursorWrapper
    execute = CursorWrapper.execute
    def execute_and_die(self, sql, params=None):
        execute(self, sql, params)
        if "utm_visits" in sql:
            die()
    CursorWrapper.execute = execute_and_die
if point == "committed, not acknowledged":
    gateway.acknowledge = die
if point == "acknowledged":
    gateway.acknowledge = then_die(gateway.acknowledge)
with scopes.tenant(UUID(tenant)):
    visits.write_waiting()
print("lived")
"""
POINTS = {
    "taken": 0,
    "written, not committed": 0,
    "committed, not acknowledged": 3,
    "acknowledged": 3,
}


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_writer_loses_and_doubles_nothing(tenant_a, point):
    for number in range(3):
        person = visitor(tenant_a, address=f"203.0.113.{number}")
        for _ in range(number + 1):
            person.get("/en/")
    gateway.stream.settle()

    killed = subprocess.run(
        [sys.executable, "-c", _PROCESS, point, str(tenant_a.id)],
        env=os.environ,
        capture_output=True,
        text=True,
    )
    assert killed.returncode == -9, killed.stderr
    with scopes.tenant(tenant_a.id):
        assert Visit.objects.count() == POINTS[point]

    assert sorted(visit.pageviews for visit in written(tenant_a)) == [1, 2, 3]
    assert gateway.take(tenant_a.id, 10) == {}


def test_a_page_between_writing_and_acknowledging_is_written_next(tenant_a, monkeypatch):
    person = visitor(tenant_a)
    person.get("/en/")
    acknowledge = gateway.acknowledge

    def once_more(*arguments):
        monkeypatch.setattr(gateway, "acknowledge", acknowledge)
        person.get("/en/items/")
        gateway.stream.settle()
        acknowledge(*arguments)

    monkeypatch.setattr(gateway, "acknowledge", once_more)

    assert [visit.pageviews for visit in written(tenant_a)] == [1]
    assert [visit.pageviews for visit in written(tenant_a)] == [2]


def test_a_late_writer_sets_nothing_back(tenant_a):
    person = visitor(tenant_a)
    person.get("/en/")
    gateway.stream.settle()
    stale = gateway.take(tenant_a.id, 10)
    person.get("/en/items/")
    (new,) = written(tenant_a)

    with scopes.tenant(tenant_a.id):
        visits._write([visits._row(text) for text in stale.values()])
        late = Visit.objects.get()

    assert (late.pageviews, late.last_seen_at) == (2, new.last_seen_at)


def test_what_the_database_refuses_takes_no_other_with_it(tenant_a):
    visitor(tenant_a).get("/en/")
    gateway.stream.settle()
    record = json.loads(next(iter(gateway.take(tenant_a.id, 1).values())).split("|", 2)[2])
    spoilt = [
        {**record, "id": uuid4().hex, "channel": "No such channel"},
        {**record, "id": uuid4().hex, "source": "s" * 300},
        {**record, "id": uuid4().hex, "utm_source": "a\0b"},
        {**record, "id": "no id"},
        {"id": uuid4().hex},
        [],
    ]
    for number, told in enumerate(spoilt):
        text = f"1|{record['started']}|{json.dumps(told)}"
        valkey.counters().hset(f"{tenant_a.id}:visits", str(number), text)
    valkey.counters().hset(f"{tenant_a.id}:visits", "x", "not ours")

    assert [visit.source for visit in written(tenant_a)] == ["(direct)"]
    assert gateway.take(tenant_a.id, 10) == {}


def test_many_visits_are_written_in_batches(tenant_a, monkeypatch):
    monkeypatch.setattr(visits, "BATCH", 4)
    for number in range(10):
        visitor(tenant_a, address=f"203.0.113.{number}").get("/en/")

    assert len(written(tenant_a)) == 10


def test_a_buffer_that_nobody_empties_stops_growing(tenant_a, monkeypatch):
    monkeypatch.setattr(gateway, "MOST_WAITING", 2)
    for number in range(4):
        person = visitor(tenant_a, address=f"203.0.113.{number}")
        person.get("/en/")
        person.get("/en/items/")

    assert [visit.pageviews for visit in written(tenant_a)] == [2, 2]


# What Valkey loses ---------------------------------------------------------------------------------


def test_after_a_flush_nobody_is_taken_for_another(tenant_a):
    visitor(tenant_a).get("/en/")
    before = written(tenant_a)
    valkey.counters().flushdb()

    visitor(tenant_a).get("/en/")
    visitor(tenant_a, address="203.0.113.9").get("/en/")
    after = written(tenant_a)

    # This process knew the day's salt and puts it back: the visitor is the same, the visit another.
    assert len(after) == 3
    assert sum(bytes(visit.visitor) == bytes(before[0].visitor) for visit in after) == 2


def test_a_salt_that_was_flushed_is_put_back_by_whoever_knows_it(tenant_a):
    now = datetime.now(UTC)
    knowing, new = gateway.Salts(), gateway.Salts()
    until = now + timedelta(hours=1)
    salt = knowing.of(now.date(), until=until)
    valkey.counters().flushdb()

    knowing._known = {day: (value, 0.0) for day, (value, _) in knowing._known.items()}

    assert knowing.of(now.date(), until=until) == salt
    assert new.of(now.date(), until=until) == salt
    assert 0 < valkey.counters().ttl(f"platform:visits:salt:{now.date()}") <= 3600


def test_a_new_salt_makes_other_people(tenant_a, monkeypatch):
    def seen():
        monkeypatch.setattr("storefront.domain.visitors.salts", gateway.Salts())
        return visitor_of(
            tenant_id=tenant_a.id, address="a", user_agent=PHONE, now=datetime.now(UTC)
        )

    first = seen()
    assert seen() == first

    valkey.counters().flushdb()

    assert not set(seen()) & set(first)


@pytest.fixture
def away(monkeypatch):
    """Valkey is not there for visits: nobody listens."""
    client = redis.Redis.from_url("redis://127.0.0.1:1/0", retry=Retry(NoBackoff(), 0))
    asked = []
    monkeypatch.setattr(valkey, "hasty_counters", lambda: asked.append(1) or client)
    stream, salts = gateway.Stream(), gateway.Salts()
    stream.asked = asked
    monkeypatch.setattr(gateway, "stream", stream)
    monkeypatch.setattr("storefront.domain.visitors.salts", salts)
    return stream


def test_with_valkey_away_pages_answer_at_once(tenant_a, away):
    person = visitor(tenant_a)

    answers = [person.get("/en/") for _ in range(20)]

    assert {answer.status_code for answer in answers} == {200}
    # One page tried, in vain; then there is a pause.
    assert len(away.asked) == 1
    assert not away.is_trusted()


def test_with_valkey_back_pages_are_counted_again(tenant_a, away, monkeypatch):
    visitor(tenant_a).get("/en/")
    monkeypatch.undo()
    monkeypatch.setattr(gateway, "stream", away)
    away._silent_until = 0.0

    visitor(tenant_a).get("/en/")
    away.settle()

    assert [visit.pageviews for visit in written(tenant_a)] == [1]


def test_a_connection_that_was_lost_is_made_anew(tenant_a):
    visitor(tenant_a).get("/en/")
    gateway.stream.settle()
    valkey.counters().client_kill_filter(_id=_connection_id())

    visitor(tenant_a).get("/en/")  # lost with the connection
    visitor(tenant_a).get("/en/")

    assert [visit.pageviews for visit in written(tenant_a)] == [2]


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A Valkey of the test's own, which may be stopped: other tests use the common one."""
    tmp_path.chmod(0o755)  # the server's account must get in
    state = open_state(tmp_path / "state")
    with state.starting():
        state.secrets()
        server = Valkey(state)
        server.ensure()
    client = redis.Redis.from_url(server.url(0), decode_responses=True)
    hasty = redis.Redis.from_url(
        server.url(0), decode_responses=True, socket_timeout=0.3, retry=Retry(NoBackoff(), 0)
    )
    monkeypatch.setattr(valkey, "counters", lambda: client)
    monkeypatch.setattr(valkey, "hasty_counters", lambda: hasty)
    monkeypatch.setattr(gateway, "stream", gateway.Stream())
    monkeypatch.setattr("storefront.domain.visitors.salts", gateway.Salts())
    yield server
    for one in (client, hasty):
        one.connection_pool.disconnect()
    with state.starting():
        server.stop()


def test_a_script_that_was_flushed_is_loaded_again(tenant_a, own):
    visitor(tenant_a).get("/en/")
    gateway.stream.settle()
    valkey.counters().script_flush()

    for _ in range(3):
        assert visitor(tenant_a).get("/en/").status_code == 200
        time.sleep(0.1)

    assert _views(tenant_a) == 3  # one was lost


def test_a_server_that_hangs_is_not_waited_for(tenant_a, own):
    person = visitor(tenant_a)
    person.get("/en/")
    gateway.stream.settle()
    os.kill(own.process().pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        for _ in range(100):
            with scopes.tenant(tenant_a.id):
                visits.see(view_of(tenant_a), now=datetime.now(UTC))
        spent = time.monotonic() - started
    finally:
        os.kill(own.process().pid, signal.SIGCONT)

    assert spent < 2
    # What couldn't wait in the socket is lost, and nothing else.
    assert 1 < _views(tenant_a) < 101


def test_a_server_that_was_killed_and_came_back_counts_on(tenant_a, own):
    visitor(tenant_a).get("/en/")
    gateway.stream.settle()
    time.sleep(1.5)  # appendfsync everysec
    os.kill(own.process().pid, signal.SIGKILL)
    with own._state.starting():
        own.ensure()

    visitor(tenant_a).get("/en/")
    visitor(tenant_a).get("/en/")

    assert _views(tenant_a) in (2, 3)  # one may have been on its way to the dead


def test_what_is_full_is_left_alone(tenant_a, own):
    valkey.counters().config_set("maxmemory", "1mb")

    for _ in range(3):
        assert visitor(tenant_a).get("/en/").status_code == 200
        time.sleep(0.1)

    assert not gateway.stream.is_trusted()


def _views(tenant):
    return sum(visit.pageviews for visit in written(tenant))


def _connection_id():
    connection = gateway.stream._connection
    connection.send_command("CLIENT", "ID")
    return str(connection.read_response())
