"""The floor of `bin/bench` keeps up with our pages: same answers, by the same statements.

`bin/bench` checks it as well before it measures; here it is caught at each change.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from config.embedded.state import State
from tests.bench import agreement, ours
from tests.bench.rows import PAGES
from tests.bench.side import backend
from tests.bench.visits import answers, submitted
from tests.bench.workers import Worker
from tests.servers import STATE, WORKER, _with

DATABASE = f"floor_{WORKER}"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Worker]:
    """The floor in a process and a database of its own."""
    with psycopg.connect(os.environ["SOUQNA_TEST_SUPERUSER_URL"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER souqna_owner")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.bench.floor.settings",
        "FLOOR_DATABASE_URL": _with(os.environ["DATABASE_OWNER_URL"], name=DATABASE),
        "SOUQNA_SCHEME": settings.SOUQNA_SCHEME,
    }
    with Worker("plain", environment, tmp_path / "floor.log") as worker:
        yield worker


@pytest.fixture
def tenants(real_db, new_tenant) -> dict[str, str]:
    """Host → id of a shop, a charity and a project with the same storefront settings."""
    found = {}
    for kind in ("shop", "charity", "project"):
        tenant = new_tenant(kind=kind)
        ours.furnish(tenant.id)
        found[f"{tenant.slug}.{settings.SOUQNA_DOMAIN}"] = str(tenant.id)
    return found


@pytest.fixture
def log() -> Path:
    """PostgreSQL's statement log."""
    return State(STATE).server_log("postgresql")


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_pages_are_equal_and_take_the_same_statements(tenants, floor, log, page):
    asked = {"hosts": list(tenants), "path": page.path}
    floor.call("load", **ours.rows_to_share(tenants))
    answers(**asked), floor.call("answers", **asked)  # fills the caches
    start = log.stat().st_size

    our, its = answers(**asked), floor.call("answers", **asked)

    agreement.same_answers(our, its, statements=page.statements)
    agreement.same_messages(
        agreement.logged(log, backend=backend(), start=start),
        agreement.logged(log, backend=floor.call("backend"), start=start),
        scoped=page.statements * len(our),
    )


def test_a_submitted_order_takes_the_same_writes(tenants, floor):
    hosts = list(tenants)
    floor.call("load", **ours.rows_to_share(tenants))

    agreement.same_submissions(submitted(hosts), floor.call("submitted", hosts=hosts))


def test_an_order_takes_the_same_five_statements(tenants, floor, log):
    floor.call("load", **ours.rows_to_share(tenants))
    start = log.stat().st_size

    our, its = ours.orders(list(tenants.values())), floor.call("orders", places=len(tenants))

    agreement.same_orders(our, its)
    messages = agreement.logged(log, backend=backend(), start=start)
    assert sum("set_config" in one for one in messages) == len(tenants)


def test_replay_and_migrations_make_the_same_schema(real_db):
    assert ours.ways_agree()


@pytest.mark.parametrize("change", ["body", "statements", "headers"])
def test_a_difference_is_found(change):
    page = {"status": "200 OK", "headers": {"A": "1"}, "body": "<p>", "statements": ["SELECT 1"]}
    other = {"body": "<p> ", "statements": ["SELECT 1", "SELECT 2"], "headers": {"A": "2"}}

    with pytest.raises(agreement.DisagreementError):
        agreement.same_answers([page], [{**page, change: other[change]}], statements=1)


def test_a_scope_is_looked_for_in_front_of_the_statement():
    scoped = "SELECT set_config('role', 'r', true), set_config('a', '', true); SELECT 1"

    agreement.same_messages([scoped], ["SELECT 1"], scoped=1)
    with pytest.raises(agreement.DisagreementError):
        agreement.same_messages([scoped, "SELECT 2"], ["SELECT 1"], scoped=1)
    with pytest.raises(agreement.DisagreementError):
        agreement.same_messages(["SELECT 1"], ["SELECT 1"], scoped=1)
