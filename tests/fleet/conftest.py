"""A fleet: a database of its own, driven by `manage.py` processes as an operator would."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import psycopg
import pytest

from tests import servers

OLD, NEW = "config.settings.test", "tests.fleet.new_release"
_MAKE = """
import django; django.setup()
from django.db import transaction
from storefront.models import StorefrontSettings
from tenants import scopes
from tenants.domain.provisioning import fill_pool
from tenants.domain.tenants import create_tenant
fill_pool({size})
for number in range({size}):
    tenant = create_tenant(slug=f"fleet-{{number:03}}", name_ar="أ", name_en="A", kind="shop",
                           owner_email="fleet@example.com")
    with scopes.tenant(tenant.id):
        StorefrontSettings.objects.create()
"""


@dataclass
class Fleet:
    """A migrated database with tenants in it."""

    environment: dict[str, str]
    owner_url: str

    def run(self, *command: str, settings: str = NEW, check: bool = True):
        """Run a command of ours to its end."""
        done = subprocess.run(command, **self._options(settings), capture_output=True, text=True)
        assert not check or done.returncode == 0, done.stderr
        return done

    def manage(self, *arguments: str, settings: str = NEW, check: bool = True):
        """Run `manage.py`."""
        return self.run(sys.executable, "manage.py", *arguments, settings=settings, check=check)

    def migrate(self, *arguments: str) -> dict[str, object]:
        """Run the fleet migration of the new release; its JSON."""
        return json.loads(self.manage("migrate_schemas", "--json", *arguments).stdout)

    def python(self, code: str, settings: str = NEW) -> str:
        """Run Python with Django set up; its output."""
        return self.run(
            sys.executable, "-c", f"import django; django.setup()\n{code}", settings=settings
        ).stdout

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `manage.py` of the new release."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            **self._options(NEW),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def rows(self, query: str, *parameters: object) -> list[tuple]:
        """Ask the database, as the owner."""
        with psycopg.connect(self.owner_url) as connection:
            return connection.execute(query, parameters).fetchall()

    def _options(self, settings: str) -> dict[str, object]:
        return {"env": {**self.environment, "DJANGO_SETTINGS_MODULE": settings}}


@pytest.fixture
def fleet(request: pytest.FixtureRequest) -> Iterator[Fleet]:
    """A fleet of `request.param` tenants at the old release."""
    size = getattr(request, "param", 20)
    name = f"fleet_{uuid4().hex[:8]}"
    superuser = os.environ["SOUQNA_TEST_SUPERUSER_URL"]
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER souqna_owner")
    made = Fleet(
        {
            **os.environ,
            "DATABASE_OWNER_URL": servers._with(os.environ["DATABASE_OWNER_URL"], name=name),
            "DATABASE_URL": servers._with(
                os.environ["DATABASE_URL"], user=f"{name}_app", name=name
            ),
            "DATABASE_ROLE_PREFIX": name,
            "PROVISIONING_POOL_SIZE": "1",
        },
        servers._with(os.environ["DATABASE_OWNER_URL"], name=name),
    )
    made.manage("bootstrap_database", settings=OLD)
    made.manage("migrate_schemas", settings=OLD)
    made.run(sys.executable, "-c", _MAKE.format(size=size), settings=OLD)
    yield made
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
