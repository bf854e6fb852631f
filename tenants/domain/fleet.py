"""Bringing every schema to this release: template first, then the stale tenants, in parallel.

An unchanged fleet costs one query. Otherwise each tenant is migrated in a transaction of its own,
with a lock time-out, so that a busy table delays one tenant and not the site; the ledger
(`fleet_migrations`) and the tenant's fingerprint are written in that same transaction, so a run that
was killed is simply run again.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, OperationalError, connections, transaction

from tenants import scopes
from tenants.domain.provisioning import (
    LOCK_TIMEOUT,
    OWNER,
    grant_schema,
    migrate_schema,
    migrate_template,
)
from tenants.domain.release import public_fingerprint, tenant_fingerprint
from tenants.enums import TenantStatus
from tenants.models import FleetMigration, Tenant
from tenants.queries.hosts import forget_hosts

_TRIES = 3
_STATE = """
SELECT (SELECT count(*) FROM schema_releases WHERE fingerprint = %s AND public_fingerprint = %s),
       (SELECT count(*) FROM tenants WHERE schema_fingerprint <> %s AND status <> 'closed')
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the run is. `eta` is in seconds."""

    done: int
    total: int
    failed: int
    eta: float


@dataclass(slots=True)
class FleetResult:
    """What a run did: slugs migrated, and slug → error of those that failed."""

    template_migrated: bool = False
    migrated: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    stopped: bool = False

    @property
    def is_noop(self) -> bool:
        """Whether there was nothing to do."""
        return not (self.template_migrated or self.migrated or self.failed)


def migrate_fleet(
    *, jobs: int, max_failures: int, report: Callable[[Progress], None]
) -> FleetResult:
    """Migrate what is stale. Stops handing out tenants once `max_failures` have failed."""
    result = FleetResult()
    release_ready, stale = _state()
    if release_ready and not stale:
        return result
    with _one_at_a_time():
        release_ready, _ = _state()
        if not release_ready:
            migrate_template()
            result.template_migrated = True
        _migrate_tenants(result, jobs=jobs, max_failures=max_failures, report=report)
    forget_hosts()
    return result


def _state() -> tuple[bool, int]:
    """Whether the template is at this release, and how many tenants are not."""
    fingerprint = tenant_fingerprint()
    try:
        with connections[OWNER].cursor() as cursor:
            cursor.execute(_STATE, [fingerprint, public_fingerprint(), fingerprint])
            ready, stale = cursor.fetchone()
    except OperationalError:
        raise  # the server is away: not the same as an empty database
    except DatabaseError:
        return False, 0  # the very first run: there are no tables yet
    return bool(ready), stale


class _one_at_a_time:  # noqa: N801 (used as a with block)
    """Hold the fleet's lock. It belongs to the session, so a killed run lets it go."""

    def __enter__(self) -> None:
        with connections[OWNER].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('souqna.fleet'))")

    def __exit__(self, *_: object) -> None:
        with connections[OWNER].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('souqna.fleet'))")


def _migrate_tenants(
    result: FleetResult, *, jobs: int, max_failures: int, report: Callable[[Progress], None]
) -> None:
    stale = list(
        Tenant.objects.using(OWNER)
        .exclude(schema_fingerprint=tenant_fingerprint())
        .exclude(status=TenantStatus.CLOSED)
        .order_by("slug")
        .values_list("id", "slug")
    )
    started = time.monotonic()
    waiting = iter(stale)
    with ThreadPoolExecutor(max_workers=jobs) as workers:
        running: dict[Future[str], str] = {}
        while _hand_out(workers, running, waiting, result, jobs, max_failures):
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                _note(result, running.pop(future), future.result())
                done = len(result.migrated) + len(result.failed)
                each = (time.monotonic() - started) / done
                report(Progress(done, len(stale), len(result.failed), each * (len(stale) - done)))


def _hand_out(
    workers: ThreadPoolExecutor,
    running: dict[Future[str], str],
    waiting: Iterator[tuple[UUID, str]],
    result: FleetResult,
    jobs: int,
    max_failures: int,
) -> bool:
    """Keep `jobs` tenants under way; False when all are through."""
    while len(running) < jobs and (following := next(waiting, None)) is not None:
        if len(result.failed) >= max_failures:
            result.stopped = True
            break
        tenant_id, slug = following
        running[workers.submit(_migrate_tenant, tenant_id)] = slug
    return bool(running)


def _note(result: FleetResult, slug: str, error: str) -> None:
    if error:
        result.failed[slug] = error
    else:
        result.migrated.append(slug)
        forget_hosts()  # else the site would go on answering 503 for it until the run ends


def _migrate_tenant(tenant_id: UUID) -> str:
    """Migrate one tenant, in a worker thread. Returns the error, or nothing."""
    started = time.monotonic()
    error = ""
    try:
        for attempt in range(1, _TRIES + 1):
            try:
                _migrate_in_transaction(tenant_id, started)
                return ""
            except OperationalError as busy:  # a lock time-out above all
                error = str(busy).strip() or type(busy).__name__
                time.sleep(0.2 * attempt)
    except Exception as broken:  # noqa: BLE001 (whatever a migration raises is that tenant's failure)
        error = f"{type(broken).__name__}: {broken}".strip()
    finally:
        if error:
            _ledger(tenant_id, FleetMigration.Status.FAILED, started, error)
        connections[OWNER].close()
    return error


def _migrate_in_transaction(tenant_id: UUID, started: float) -> None:
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        # Several migrations share the transaction: rows that one wrote must not leave checks open
        # when the next alters their table.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT FROM tenants WHERE id = %s FOR UPDATE", [tenant_id])
        migrate_schema(scopes.schema_name(tenant_id), settings.TENANT_APPS)
        grant_schema(cursor, tenant_id)
        Tenant.objects.using(OWNER).filter(id=tenant_id).update(
            schema_fingerprint=tenant_fingerprint()
        )
        _ledger(tenant_id, FleetMigration.Status.DONE, started)


def _ledger(
    tenant_id: UUID, status: FleetMigration.Status, started: float, error: str = ""
) -> None:
    FleetMigration.objects.using(OWNER).update_or_create(
        schema_name=scopes.schema_name(tenant_id),
        fingerprint=tenant_fingerprint(),
        defaults={
            "status": status,
            "error": error[:2000],
            "seconds": time.monotonic() - started,
        },
    )
