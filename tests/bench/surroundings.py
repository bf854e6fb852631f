"""Servers, databases and environment of a run, in a temporary folder; gone with it."""

import os
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django
import psycopg

from config.embedded.postgres import DATABASE, OWNER, SUPERUSER, Postgres
from config.embedded.servers import running
from config.embedded.valkey import Valkey
from tests.bench.workers import Worker

FLOOR_DATABASE = "floor"
DOMAIN = "souqna.example"
# What a person's shell may hold and the run must not see: above all servers that somebody uses.
_UNSET = (
    "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CACHE_URL", "DATABASE_ROLE_PREFIX",
    "DATABASE_POOL_SIZE", "LOG_FORMAT", "LOG_LEVEL", "SOUQNA_TRUSTED_HOPS", "SECRET_KEY",
)  # fmt: skip
_SETTINGS = {
    "ours": "config.settings.production",
    "kept": "config.settings.production",
    "searching": "config.settings.production",
    "identity": "config.settings.production",
    "plain": "tests.bench.floor.settings",
    "stock": "tests.bench.stock_settings",
    "stock_schemas": "tests.bench.stock_schemas_settings",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The running servers and what a worker needs to use them."""

    postgres: Postgres
    valkey: Valkey
    environment: dict[str, str]
    folder: Path

    def worker(self, side: str) -> Worker:
        """A process of this side: `ours`, `kept`, `searching` and `identity` (ours too), `plain`
        (the floor), `stock` or `stock_schemas`.
        """
        return Worker(side, self.environment_of(side), self.folder / f"{side}.log")

    def environment_of(self, side: str) -> dict[str, str]:
        """The environment, with the side's settings."""
        return {
            **self.environment,
            "DJANGO_SETTINGS_MODULE": _SETTINGS[side],
            # What rendering costs is to be seen, but for the row that keeps.
            "SOUQNA_PAGES_KEPT": "on" if side == "kept" else "off",
        }

    @property
    def postmaster(self) -> int:
        """PostgreSQL's first process."""
        process = self.postgres.process()
        if process is None:
            raise RuntimeError("PostgreSQL has ended")
        return process.pid

    def execute(self, statement: str) -> None:
        """Run a statement as the superuser."""
        with psycopg.connect(self.postgres.url(SUPERUSER), autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def statement_log(self) -> Iterator[Path]:
        """Have connections made inside the block log every statement to this file."""
        for database in (DATABASE, FLOOR_DATABASE):
            self.execute(f"ALTER DATABASE {database} SET log_statement = 'all'")
        try:
            yield self.postgres.log
        finally:
            for database in (DATABASE, FLOOR_DATABASE):
                self.execute(f"ALTER DATABASE {database} RESET log_statement")

    def machine(self) -> dict[str, str | int]:
        """What the figures depend on."""
        with psycopg.connect(self.postgres.url(SUPERUSER)) as connection:
            version = connection.execute("SHOW server_version").fetchone()
        return {
            "cores": len(os.sched_getaffinity(0)),
            "load": f"{os.getloadavg()[0]:.1f}",
            "python": platform.python_version(),
            "django": django.get_version(),
            "postgresql": version[0],
        }


@contextmanager
def surroundings() -> Iterator[Surroundings]:
    """Start all, with production's settings and PostgreSQL's own durability."""
    for name in _UNSET:
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="souqna-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the servers' account must get in
        with running(folder / "state") as servers:
            floor_url = servers.postgres.url(OWNER).removesuffix(DATABASE) + FLOOR_DATABASE
            environment = {
                **os.environ,
                "SOUQNA_DOMAIN": DOMAIN,
                "SOUQNA_SCHEME": "https",
                "EMAIL_URL": "smtps://mail.invalid",  # production insists; nothing is sent
                "FLOOR_DATABASE_URL": floor_url,
            }
            found = Surroundings(servers.postgres, servers.valkey, environment, folder)
            found.execute(f"CREATE DATABASE {FLOOR_DATABASE} OWNER {OWNER}")
            yield found
