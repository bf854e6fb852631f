"""Fixtures of the attack matrix: `a` and `b`, seeded alike, over each mode of connecting."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connections

from tenants import scopes
from tenants.domain.tenants import create_tenant
from tenants.models import Tenant
from tests.isolation import models, modes, pgbouncer
from tests.isolation.known_faults import fault_behind
from tests.isolation.world import Side, World

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect the tests of known faults to fail."""
    for item in items:
        fault = fault_behind(item.name) if HERE in item.path.parents else None
        if fault:
            item.add_marker(pytest.mark.xfail(strict=True, reason=fault))


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Two committed tenants with the tables of `models.py`."""

    def make(letter: str) -> Tenant:
        return create_tenant(
            slug=f"isolation-{letter}-{uuid4().hex[:8]}",  # a process may come back to the package
            name_ar="متجر",
            name_en=letter,
            kind="shop",
            owner_email=f"owner@{letter}.example",
        )

    with django_db_blocker.unblock(), models.installed():
        world = World(make("a"), make("b"))
        connections.close_all()
        world.make_tables()
        yield world
        # Others compare every tenant's schema with the template's.
        world.drop_tables()
        world.owner.close()


@pytest.fixture(scope="package")
def bouncer(django_db_setup) -> Iterator[Callable[[], int]]:
    """Starts PgBouncer at the first call; returns its port."""
    database = settings.DATABASES["default"]
    stack = []

    def port() -> int:
        if not stack:
            context = pgbouncer.running(
                host=database["HOST"], port=database["PORT"], logins=[database["USER"]]
            )
            stack.append((context, context.__enter__()))
        return stack[0][1]

    yield port
    for context, _ in stack:
        context.__exit__(None, None, None)


@pytest.fixture
def seeded(world: World, real_db) -> World:
    """The rows as `world.py` has them."""
    world.seed()
    return world


@pytest.fixture(params=modes.MODES)
def mode(request, seeded: World, bouncer) -> Iterator[str]:
    """The `default` alias connected in one of the three ways."""
    with modes.connected(request.param, bouncer() if request.param == "pgbouncer" else None):
        yield request.param


@pytest.fixture
def a(seeded: World) -> Side:
    return seeded.a


@pytest.fixture
def b(seeded: World) -> Side:
    return seeded.b


@pytest.fixture
def tenant_a(a: Side) -> Tenant:
    return a.tenant


@pytest.fixture
def tenant_b(b: Side) -> Tenant:
    return b.tenant


@pytest.fixture
def unharmed(seeded: World) -> Iterator[None]:
    """Whatever the test tries, no row of either tenant is any different afterwards."""
    before = [seeded.rows(side) for side in (seeded.a, seeded.b)]
    yield
    assert [seeded.rows(side) for side in (seeded.a, seeded.b)] == before


@pytest.fixture(autouse=True)
def no_scope_left() -> Iterator[None]:
    """No test begins or ends in a scope."""
    assert scopes.active() is None
    yield
    assert scopes.active() is None
