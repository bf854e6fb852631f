"""Our side: the shipped code under the settings that the environment names."""

import uuid
from dataclasses import replace
from io import StringIO
from itertools import cycle, islice
from random import choice, randrange
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.http import HttpResponse

from capture.domain import submissions as limits
from storefront.gateways import visits
from storefront.gateways.visits import stream
from storefront.middleware.visits import VisitMiddleware
from tenants import scopes
from tenants.db.catalog import catalog_hash
from tenants.domain import provisioning
from tenants.domain.bootstrap import bootstrap_database
from tenants.domain.fleet import migrate_fleet
from tenants.domain.seeds import DEMO_TENANTS
from tenants.domain.tenants import create_tenant
from tenants.enums import Surface
from tenants.models import PooledSchema, Tenant
from tests.bench import cpu
from tests.bench.orders import take_order
from tests.bench.shops import Order, furnish, rows_to_share, tenant_ids
from tests.bench.side import backend, cost, disconnect, recorded
from tests.bench.visits import (
    LANGUAGES,
    _environ,
    answers,
    pages,
    submission_times,
    submissions,
    submitted,
)

__all__ = [
    "answers", "backend", "disconnect", "furnish", "pages", "rows_to_share", "submission_times",
    "submissions", "submitted", "tenant_ids",
]  # fmt: skip
OWNER = provisioning.OWNER
# One opened page in four comes from a campaign.
_QUERIES = (
    "",
    "",
    "",
    "utm_source=instagram&utm_medium=paid&utm_campaign=ramadan&fbclid=IwY2xjawHZ1q",
)


def install() -> None:
    """Roles, migrations, messages and static files, as `bin/demo` has them made."""
    call_command("compile_translations", stdout=StringIO())
    call_command("collectstatic", interactive=False, verbosity=0)
    bootstrap_database()
    migrate_fleet(jobs=1, max_failures=1, report=lambda _: None)


def populate(tenants: int) -> None:
    """Three tenants with the demo's names and one storefront's words, and others up to `tenants`."""
    provisioning.fill_pool(tenants)
    for demo in DEMO_TENANTS:
        tenant = create_tenant(
            slug=demo.slug,
            name_ar=demo.name_ar,
            name_en=demo.name_en,
            kind=demo.kind,
            owner_email=f"owner@{demo.slug}.example",
        )
        furnish(tenant.id)
    for number in range(len(DEMO_TENANTS), tenants):
        create_tenant(
            slug=f"fleet-{number}",
            name_ar="متجر",
            name_en="Shop",
            kind="shop",
            owner_email=f"owner@fleet-{number}.example",
        )


def lift_limits() -> None:
    """Let a client submit what the benchmark needs. It is counted all the same."""
    for name in ("_AN_ADDRESS", "_A_TENANT"):
        setattr(limits, name, replace(getattr(limits, name), amount=10**9))


def captures(hosts: dict[str, str], path: str, times: int, valkey: int) -> int:
    """CPU of counting `times` pages that visitors opened, in the process `valkey` too: what comes on top
    of a page. Hosts (host → tenant) in rotation; each is somebody's first page or a later one.
    """
    opened = iter([_opened(*one, path) for one in islice(cycle(hosts.items()), times)])
    page = HttpResponse()
    count = VisitMiddleware(lambda _: page)
    before = cpu.of_process(valkey)

    def capture() -> None:
        tenant_id, request = next(opened)
        with scopes.tenant(tenant_id):
            count(request)

    spent = cost(capture, times)
    stream.settle()
    return spent + cpu.of_process(valkey) - before


def counted_visits(tenants: list[str]) -> int:
    """How many visits wait to be written; they are dropped."""
    found = 0
    for tenant_id in map(uuid.UUID, tenants):
        found += len(visits.take(tenant_id, 1_000_000))
        visits.forget(tenant_id)
    return found


def _opened(host: str, tenant_id: str, path: str) -> tuple[uuid.UUID, Any]:
    environ = _environ(host, f"/{choice(LANGUAGES)}/{path}")
    del environ["HTTP_SEC_PURPOSE"]
    request: Any = WSGIRequest(
        {
            **environ,
            "REMOTE_ADDR": f"198.51.100.{randrange(256)}",
            "HTTP_REFERER": "https://www.google.com/",
            "QUERY_STRING": choice(_QUERIES),
        }
    )
    request.surface = Surface.STOREFRONT
    return uuid.UUID(tenant_id), request


def count_tenants() -> int:
    """How many tenants there are."""
    with scopes.public():
        return int(Tenant.objects.count())


def transactions(tenants: list[str], times: int) -> int:
    """CPU of `times` orders, tenants in rotation."""
    rotation = islice(cycle([uuid.UUID(key) for key in tenants]), times)

    def order() -> None:
        with scopes.tenant(next(rotation)):
            take_order(Order)

    return cost(order, times)


def orders(tenants: list[str]) -> list[list[str]]:
    """The statements of one order in each tenant."""
    found = []
    for key in tenants:
        with recorded() as statements, scopes.tenant(uuid.UUID(key)):
            take_order(Order)
        found.append(statements)
    return found


def stock(size: int) -> None:
    """Fill the pool, and touch both connections: what the rows below find ready."""
    provisioning.fill_pool(size)
    with scopes.public(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def claims(times: int) -> int:
    """CPU of `times` claims, each in a transaction of its own. The schemas go back to the pool."""
    claimed: list[uuid.UUID] = []

    def claim() -> None:
        with transaction.atomic(), scopes.public():
            claimed.append(provisioning.claim_schema())

    spent = cost(claim, times)
    fingerprint = provisioning.tenant_fingerprint()
    PooledSchema.objects.using(OWNER).bulk_create(
        PooledSchema(id=key, fingerprint=fingerprint) for key in claimed
    )
    return spent


def replays(times: int) -> int:
    """CPU of making `times` schemas by the compiled DDL; they are dropped again."""
    release = provisioning.current_release()
    made: list[uuid.UUID] = []

    def replay() -> None:
        made.append(uuid.uuid4())
        with transaction.atomic(using=OWNER):
            provisioning.make_schemas(made[-1:], release)

    spent = cost(replay, times)
    _drop(made)
    return spent


def migrations(times: int) -> int:
    """CPU of making `times` schemas by running the migrations; they are dropped again."""
    made: list[uuid.UUID] = []

    def migrate() -> None:
        made.append(uuid.uuid4())
        _migrate(made[-1])

    spent = cost(migrate, times)
    _drop(made)
    return spent


def ways_agree() -> bool:
    """Whether a schema made by replay and one made by migrations are the same to PostgreSQL."""
    replayed, migrated = uuid.uuid4(), uuid.uuid4()
    with transaction.atomic(using=OWNER):
        provisioning.make_schemas([replayed], provisioning.current_release())
    _migrate(migrated)
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        hashes = {
            catalog_hash(cursor, scopes.schema_name(key), scopes.tenant_role(key))
            for key in (replayed, migrated)
        }
    _drop([replayed, migrated])
    return len(hashes) == 1


def _migrate(tenant_id: uuid.UUID) -> None:
    """What replaying does, with the migrations in place of the compiled DDL."""
    schema, role = scopes.schema_name(tenant_id), scopes.tenant_role(tenant_id)
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        provisioning._make_role(cursor, role)
        cursor.execute(f'CREATE SCHEMA "{schema}"')
        provisioning.migrate_schema(schema, provisioning.settings.TENANT_APPS)
        cursor.execute(";".join(provisioning.tenant_statements(schema, role, is_new=True)))


def _drop(tenant_ids: list[uuid.UUID]) -> None:
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        for tenant_id in tenant_ids:
            provisioning.drop_schema(cursor, tenant_id)


def schemas(tenants: list[str]) -> list[str]:
    """The tenants' schemas."""
    return [scopes.schema_name(uuid.UUID(key)) for key in tenants]
