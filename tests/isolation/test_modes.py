"""The three ways of connecting are what they are called, and PgBouncer is never quietly left out."""

import shutil
import threading

import pytest
from django.db import connection, connections

from tenants import scopes
from tests.isolation import modes, pgbouncer


def backend():
    """The server process that a statement meets."""
    with scopes.public(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def backends_of_clients(clients, requests):
    """The server processes that so many clients met, in so many requests each."""
    seen = set()

    def work():
        for _ in range(requests):
            seen.add(backend())
            modes.next_request()
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def test_clients_share_server_connections_in_two_of_the_modes(mode):
    seen = backends_of_clients(clients=6, requests=5)

    assert len(seen) == 6 if mode == "direct" else len(seen) <= modes.POOL_SIZE


def test_a_connection_is_kept_or_shared_between_requests(mode):
    first = backend()
    kept = connection.connection
    modes.next_request()

    assert (connection.connection is kept) == (mode != "pool")
    if mode == "direct":
        assert backend() == first


def test_clients_of_pgbouncer_meet_each_of_its_servers(seeded, bouncer):
    with modes.connected("pgbouncer", bouncer()):
        assert len(backends_of_clients(clients=2, requests=20)) == pgbouncer.POOL_SIZE


@pytest.mark.parametrize(
    ("uid", "ci", "outcome"),
    [
        (0, "true", pytest.fail.Exception),
        (0, "", pytest.skip.Exception),
        (1000, "true", pytest.skip.Exception),
    ],
)
def test_a_missing_pgbouncer_is_told(monkeypatch, uid, ci, outcome):
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr("os.geteuid", lambda: uid)
    monkeypatch.setenv("CI", ci)

    with pytest.raises(outcome, match=r"pgbouncer is not installed"):
        pgbouncer.program()
