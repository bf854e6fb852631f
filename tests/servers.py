"""The servers of a test run: real PostgreSQL and Valkey, a database of its own for each process.

Loaded with `-p` (pyproject.toml), before pytest-django reads the settings, because those read the
environment that this module prepares.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from config.embedded.postgres import SUPERUSER
from config.embedded.servers import running

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
# Processes of one run share the servers; a run of its own finds them under its parent's name.
_OWN_STATE = "SOUQNA_TEST_STATE" not in os.environ
STATE = Path(
    os.environ.setdefault(
        "SOUQNA_TEST_STATE", str(Path(tempfile.gettempdir()) / f"souqna-test-{os.getpid()}")
    )
)
_stack = contextlib.ExitStack()


def _with(url: str, *, user: str | None = None, name: str | None = None) -> str:
    parts = urlsplit(url)
    login = parts.username if user is None else user
    netloc = f"{login}:{parts.password}@{parts.hostname}:{parts.port}"
    return urlunsplit(parts._replace(netloc=netloc, path=f"/{name}" if name else parts.path))


def _prepare() -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CACHE_URL"):
        os.environ.pop(name, None)  # never test on servers that somebody uses
    STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
    servers = _stack.enter_context(running(STATE, postgres_settings=POSTGRES_SETTINGS))
    assert servers.postgres is not None
    owner_url = os.environ["DATABASE_OWNER_URL"]
    superuser_url = _with(servers.postgres.url(SUPERUSER), name="postgres")
    database = f"test_{WORKER}"
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{database}" OWNER souqna_owner')
    number = 2 * (int(WORKER.removeprefix("gw")) + 1) if WORKER != "main" else 0
    valkey = os.environ["REDIS_URL"].rsplit("/", 1)[0]
    os.environ.update(
        DATABASE_OWNER_URL=_with(owner_url, name=database),
        DATABASE_URL=_with(os.environ["DATABASE_URL"], user=f"test_{WORKER}_app", name=database),
        DATABASE_ROLE_PREFIX=f"test_{WORKER}",
        SOUQNA_TEST_SUPERUSER_URL=superuser_url,
        REDIS_URL=f"{valkey}/{number}",
        CACHE_URL=f"{valkey}/{number + 1}",
        SOUQNA_STATE=str(STATE / "files" / WORKER),
        SOUQNA_DOMAIN="localhost",
    )


POSTGRES_SETTINGS = {
    "fsync": "off",  # the tests kill processes, not the machine
    "log_statement": "all",
    "log_line_prefix": "%m [%p] %d ",
    "max_connections": "300",
}
_prepare()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers with the last process that uses them, and leave nothing behind."""
    _stack.close()
    if WORKER == "main" and _OWN_STATE:
        shutil.rmtree(STATE, ignore_errors=True)
