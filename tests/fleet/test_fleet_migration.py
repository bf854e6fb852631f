"""The whole fleet to a new release: nothing to do, a real migration, one killed and resumed."""

import signal
import time

import psycopg
import pytest

_STATE = """
SELECT slug, schema_name, schema_fingerprint, EXISTS (
  SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
   WHERE c.relnamespace = to_regnamespace(schema_name) AND c.relname = 'storefront_settings'
     AND a.attname = 'motto') FROM tenants ORDER BY slug
"""
_HASHES = """
from django.db import connections, transaction
from tenants import scopes
from tenants.db.catalog import TEMPLATE, catalog_hash
from tenants.domain.provisioning import current_release, make_schemas
from tenants.models import Tenant
from uuid import uuid4
with transaction.atomic(using="owner"):
    fresh = uuid4()
    make_schemas([fresh], current_release())
    with connections["owner"].cursor() as cursor:
        ids = [fresh, *Tenant.objects.using("owner").values_list("id", flat=True)]
        print(len({catalog_hash(cursor, scopes.schema_name(i), scopes.tenant_role(i)) for i in ids}))
        print(catalog_hash(cursor, TEMPLATE) == current_release().catalog_hash)
    transaction.set_rollback(True, using="owner")
"""
_QUERIES = """
from django.db import connections
from django.test.utils import CaptureQueriesContext
from tenants.domain.fleet import migrate_fleet
with CaptureQueriesContext(connections["owner"]) as captured:
    assert migrate_fleet(jobs=1, max_failures=1, report=print).is_noop
print(len([q for q in captured.captured_queries if "SET search_path" not in q["sql"]]))
"""
_PAGES = """
from django.test import Client
from django.core.management import call_command
call_command("collectstatic", interactive=False, verbosity=0)
for slug in ("fleet-000", "fleet-019"):
    print(Client(HTTP_HOST=f"{slug}.localhost").get("/en/").status_code)
"""


def _migrated(fleet) -> dict[str, bool]:
    """Slug → whether it is at the new release. Schema and fingerprint must agree."""
    state = fleet.rows(_STATE)
    old = min((row[2] for row in state if not row[3]), default=None)
    assert all(has_motto == (fingerprint != old) for _, _, fingerprint, has_motto in state)
    return {slug: has_motto for slug, _, _, has_motto in state}


def _migrate_and_check(fleet, size: int) -> None:
    result = fleet.migrate()

    assert result["template_migrated"]
    assert len(result["migrated"]) == size
    assert result["failed"] == {}
    assert all(_migrated(fleet).values())
    assert fleet.python(_HASHES).split() == ["1", "True"]
    schema = fleet.rows("SELECT schema_name FROM tenants LIMIT 1")[0][0]
    assert fleet.rows(f'SELECT motto FROM "{schema}".storefront_settings') == [("changed",)]
    assert "already" in fleet.manage("migrate_schemas").stderr
    assert fleet.python(_QUERIES).split() == ["1"]


def _kill_and_resume(fleet, size: int) -> None:
    process = fleet.start("migrate_schemas")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if sum(row[3] for row in fleet.rows(_STATE)) >= size // 4:
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()

    before = _migrated(fleet)
    assert 0 < sum(before.values()) < size
    result = fleet.migrate()

    assert sorted(result["migrated"]) == sorted(slug for slug, new in before.items() if not new)
    assert all(_migrated(fleet).values())
    assert fleet.python(_HASHES).split() == ["1", "True"]


def test_a_real_migration(fleet):
    _migrate_and_check(fleet, 20)


def test_a_killed_migration_is_resumed(fleet):
    _kill_and_resume(fleet, 20)


@pytest.mark.slow
@pytest.mark.parametrize("fleet", [200], indirect=True)
def test_a_real_migration_of_two_hundred(fleet):
    _migrate_and_check(fleet, 200)


@pytest.mark.slow
@pytest.mark.parametrize("fleet", [200], indirect=True)
def test_a_killed_migration_of_two_hundred_is_resumed(fleet):
    _kill_and_resume(fleet, 200)


def test_a_tenant_that_fails_or_is_busy_delays_only_itself(fleet):
    broken, busy = (
        row[0] for row in fleet.rows("SELECT schema_name FROM tenants ORDER BY slug LIMIT 2")
    )
    with psycopg.connect(fleet.owner_url) as connection:
        connection.execute(f'ALTER TABLE "{broken}".storefront_settings ADD motto int')
    with psycopg.connect(fleet.owner_url) as holder:
        holder.execute(f'LOCK TABLE "{busy}".storefront_settings')
        done = fleet.manage("migrate_schemas", check=False)

    assert done.returncode == 1
    assert "fleet-000: " in done.stderr
    assert "fleet-001: " in done.stderr
    assert "lock timeout" in done.stderr
    assert sum(1 for line in done.stderr.splitlines() if line.startswith("CommandError")) == 1
    failed = fleet.rows("SELECT schema_name FROM fleet_migrations WHERE status = 'failed'")
    assert {row[0] for row in failed} == {broken, busy}
    assert fleet.python(_PAGES).split()[-2:] == ["503", "200"]  # the stale one for itself alone

    with psycopg.connect(fleet.owner_url) as connection:
        connection.execute(f'ALTER TABLE "{broken}".storefront_settings DROP motto')
    assert sorted(fleet.migrate()["migrated"]) == ["fleet-000", "fleet-001"]
    assert fleet.rows("SELECT count(*) FROM fleet_migrations WHERE status = 'failed'") == [(0,)]


def test_too_many_failures_stop_the_run(fleet):
    for (schema,) in fleet.rows("SELECT schema_name FROM tenants"):
        with psycopg.connect(fleet.owner_url) as connection:
            connection.execute(f'ALTER TABLE "{schema}".storefront_settings ADD motto int')

    done = fleet.manage("migrate_schemas", "--max-failures", "3", check=False)

    assert done.returncode == 1
    tried = fleet.rows("SELECT count(*) FROM fleet_migrations WHERE status = 'failed'")[0][0]
    assert 3 <= tried <= 4  # three, and what the other worker had begun
