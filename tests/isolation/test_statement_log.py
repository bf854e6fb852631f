"""PostgreSQL's own log of each request: the scope is set in front of everything else."""

import os
import re
import time
from collections import defaultdict
from pathlib import Path
from typing import Self

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from tenants import scopes
from tenants.domain.tenants import get_or_create_user
from tenants.enums import Role
from tenants.models import TenantMember
from tenants.queries.hosts import forget_hosts

LOG = Path(os.environ["SOUQNA_TEST_STATE"]) / "logs" / "postgresql.log"
_LINE = re.compile(
    r"^\S+ \S+ \S+ \[(?P<pid>\d+)\] (?P<database>\S+) (?P<kind>[A-Z]+):  (?P<text>.*)"
)
_SCOPE = re.compile(
    r"SELECT set_config\('role', '(?P<role>\w+)', true\), "
    r"set_config\('search_path', '(?P<path>[^']*)', true\), "
    r"set_config\('app\.current_tenant', '(?P<tenant>[0-9a-f-]*)', true\), "
    r"set_config\('app\.current_user', '(?P<user>[0-9a-f-]*)', true\)"
)
#: Statements that read no rows: transactions' ends, and the check that a kept connection answers.
_BOOKKEEPING = re.compile(r"(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE SAVEPOINT|SELECT 1)\b[^;]*$")


class StatementLog:
    """The statements of this process's database that the log gained in a `with` block, by session."""

    def __enter__(self) -> Self:
        self.begun = LOG.stat().st_size
        self.sessions: dict[str, list[str]] = defaultdict(list)
        return self

    def __exit__(self, *_: object) -> None:
        mark = f"end of block {time.monotonic_ns()}"
        with psycopg.connect(os.environ["SOUQNA_TEST_SUPERUSER_URL"]) as server:
            server.execute(f"SELECT '{mark}'".encode())
        text = self._until(mark)
        for line in re.split(r"\n(?!\t)", text):
            found = _LINE.match(line.replace("\n\t", "\n"))
            if found and found["database"] == settings.DATABASES["default"]["NAME"]:
                kind = found["text"].partition(": ")[0]
                if found["kind"] == "LOG" and (kind == "statement" or kind.startswith("execute")):
                    rest = line.replace("\n\t", "\n").partition(f"{kind}: ")[2]
                    self.sessions[found["pid"]].append(rest)

    def _until(self, mark: str) -> str:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            with LOG.open("rb") as log:
                log.seek(self.begun)
                text = log.read().decode(errors="replace")
            if mark in text:
                return text
            time.sleep(0.01)
        pytest.fail("the log doesn't grow")

    def transactions(self) -> list[list[str]]:
        """The statements of each transaction; one alone outside `BEGIN` and `COMMIT`."""
        found: list[list[str]] = []
        for statements in self.sessions.values():
            inside = False
            for statement in statements:
                if statement.startswith("BEGIN"):
                    _, _, first = statement.partition("; ")
                    found.append([first] if first else [])
                    inside = True
                elif statement.startswith(("COMMIT", "ROLLBACK")) and "SAVEPOINT" not in statement:
                    inside = False
                elif inside:
                    found[-1].append(statement)
                else:
                    found.append([statement])
                if statement.endswith("; COMMIT"):
                    inside = False
        return found

    def unscoped(self) -> list[str]:
        """Statements that ran in a transaction before its scope was set."""
        found = []
        for statements in self.transactions():
            for statement in statements:
                if _SCOPE.match(statement):
                    break
                if not _BOOKKEEPING.match(statement):
                    found.append(statement)
        return found

    def tenants(self) -> set[str]:
        """The tenants set: ids, or "" for none."""
        return {match["tenant"] for match in self._scopes()}

    def roles(self) -> set[str]:
        return {match["role"].removeprefix(scopes.role_name("")) for match in self._scopes()}

    def _scopes(self):
        statements = (line for lines in self.sessions.values() for line in lines)
        return [match for statement in statements if (match := _SCOPE.search(statement))]


@pytest.fixture
def member(a, b):
    """A member of both tenants, committed."""
    with scopes.public():
        person = get_or_create_user("log@example.com")
    for side in (a, b):
        with side.scope():
            TenantMember.objects.get_or_create(
                tenant=side.tenant, user=person, defaults={"role": Role.STAFF}
            )
    return person


@pytest.fixture
def logged_in(at, member):
    """Clients of `app.` and `admin.` with the member's session."""

    def make(label):
        client = at(label)
        with scopes.public():
            client.force_login(member)
        return client

    return make


def test_a_storefront_page_shows_its_tenant(at, a, b):
    for side in (a, b):
        for warm in (False, True):
            if not warm:
                forget_hosts()
            with StatementLog() as log:
                response = at(side.tenant.slug).get("/en/")

            assert response.status_code == 200
            assert log.unscoped() == []
            assert log.tenants() == ({str(side.id)} if warm else {"", str(side.id)})
            assert scopes.schema_name(side.id) in log.roles()


def test_a_dashboard_page_shows_its_tenant(logged_in, a, b):
    client = logged_in("app")
    for side in (a, b):
        with StatementLog() as log:
            response = client.get(f"/{side.tenant.slug}/")

        assert response.status_code == 200
        assert log.unscoped() == []
        assert log.tenants() == {"", str(side.id)}
        assert log.roles() == {"public", scopes.schema_name(side.id)}


def test_a_strangers_dashboard_shows_the_tenant_as_well(at, a, b):
    with scopes.public():
        stranger = get_or_create_user("stranger@example.com")
        client = at("app")
        client.force_login(stranger)

    with StatementLog() as log:
        response = client.get(f"/{a.tenant.slug}/")

    assert response.status_code == 404
    assert log.unscoped() == []
    assert log.tenants() <= {"", str(a.id)}


def test_the_home_of_app_is_public(logged_in):
    client = logged_in("app")
    with StatementLog() as log:
        response = client.get("/")

    assert response.status_code == 200
    assert log.unscoped() == []
    assert log.tenants() <= {""}
    assert log.roles() <= {"public"}


def test_the_admin_is_the_platforms(at, member):
    with scopes.public():
        member.is_superuser, member.mfa_enabled_at = True, timezone.now()
        member.save(update_fields=["is_superuser", "mfa_enabled_at"])
        client = at("admin")
        client.force_login(member)
    with StatementLog() as log:
        response = client.get("/", follow=True)
    with scopes.public():
        member.is_superuser, member.mfa_enabled_at = False, None
        member.save(update_fields=["is_superuser", "mfa_enabled_at"])

    assert response.status_code == 200
    assert log.unscoped() == []
    assert log.tenants() == {""}
    assert "platform" in log.roles()


def test_the_landing_page_is_public(at):
    with StatementLog() as log:
        response = at().get("/en/")

    assert response.status_code == 200
    assert log.unscoped() == []
    assert log.roles() <= {"public"}


def test_a_statement_without_its_scope_is_noticed(seeded):
    # The owner's connection sets no scope: what the log is searched for is there to be found.
    with StatementLog() as log:
        seeded.owner.execute("SELECT count(*) FROM tenants")
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM users")

    assert "SELECT count(*) FROM tenants" in log.unscoped()
    assert "SELECT count(*) FROM users" in log.unscoped()
