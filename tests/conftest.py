"""Fixtures: a migrated database, two committed tenants, and a client that speaks to any host."""

from collections.abc import Callable, Iterator
from io import StringIO
from uuid import uuid4

import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from tenants import scopes
from tenants.domain.bootstrap import bootstrap_database
from tenants.domain.fleet import migrate_fleet
from tenants.domain.logins import open_login
from tenants.domain.provisioning import fill_pool
from tenants.domain.tenants import create_tenant, get_or_create_user
from tenants.enums import LoginKind, Surface
from tenants.gateways.sessions import SessionStore
from tenants.models import Tenant, User

# No deadline: a loaded machine is no fault of the code.
hypothesis.settings.register_profile("souqna", deadline=None)
hypothesis.settings.load_profile("souqna")


@pytest.fixture(scope="session", autouse=True)
def built_files() -> None:
    """Translations and static files, as a deployment builds them."""
    call_command("compile_translations", stdout=StringIO(), stderr=StringIO())
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Roles, migrations and tenants through the same code as everywhere, once a process."""
    with django_db_blocker.unblock():
        bootstrap_database()
        migrate_fleet(jobs=1, max_failures=1, report=lambda _: None)
        fill_pool(3)
        call_command("seed_demo", stderr=StringIO())
        connections.close_all()
        yield
        connections.close_all()


@pytest.fixture
def real_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database without a surrounding transaction. What a test commits, it commits in tenants of
    its own (`new_tenant`)."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()


@pytest.fixture
def new_tenant(real_db: None) -> Callable[..., Tenant]:
    """Makes a tenant of the test's own, committed."""

    def make(slug: str = "", kind: str = "shop") -> Tenant:
        return create_tenant(
            slug=slug or f"t-{uuid4().hex[:12]}",
            name_ar="متجر",
            name_en="Shop",
            kind=kind,
            owner_email=f"owner-{uuid4().hex[:8]}@example.com",
        )

    return make


@pytest.fixture
def tenant_a(new_tenant: Callable[..., Tenant]) -> Tenant:
    """A committed tenant."""
    return new_tenant()


@pytest.fixture
def tenant_b(new_tenant: Callable[..., Tenant]) -> Tenant:
    """Another committed tenant."""
    return new_tenant()


@pytest.fixture
def user(real_db: None) -> User:
    """A committed person without memberships."""
    with scopes.public():
        return get_or_create_user(f"person-{uuid4().hex[:8]}@example.com")


class SurfaceClient(Client):
    """A client whose sessions are of the surface that it speaks to."""

    @property
    def session(self) -> SessionStore:
        """The session, made if there is none."""
        surface = self.defaults["HTTP_HOST"].partition(".")[0]
        cookie = self.cookies.get(settings.SESSION_COOKIE_NAME)
        store = SessionStore(cookie.value if cookie else None, surface=surface)
        if cookie is None:
            store.save()
            self.cookies[settings.SESSION_COOKIE_NAME] = store.session_key
        return store

    def force_login(self, user: User, backend: str | None = None) -> None:
        """A browser's login as `accounts.log_in` makes it, past the password."""
        now = timezone.now()
        with scopes.public():
            if user.cognito_sub is None:
                user.cognito_sub = str(uuid4())
                user.save(update_fields=["cognito_sub"])
            login = open_login(
                user=user,
                kind=LoginKind.BROWSER,
                surface=Surface(self.defaults["HTTP_HOST"].partition(".")[0]),
                has_mfa=user.has_mfa,
                engine_token="",
                user_agent="tests",
                now=now,
            )
        session = self.session
        session.update({"login": str(login.id), "sub": user.cognito_sub})
        session.save()


@pytest.fixture
def at() -> Callable[..., Client]:
    """`at("oud-house")`: a client whose requests go to that host below the domain."""

    def make(label: str = "", **headers: str) -> Client:
        host = f"{label}.{settings.SOUQNA_DOMAIN}" if label else settings.SOUQNA_DOMAIN
        return SurfaceClient(SERVER_NAME=host, HTTP_HOST=host, headers=headers or None)

    return make


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what could not run on this machine."""
    reasons = {
        report.longrepr[2]
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple) and "NOT RUN" in report.longrepr[2]
    }
    for reason in sorted(reasons):
        terminalreporter.write_line(reason.removeprefix("Skipped: "))
