"""A server is lost and comes back: a clear answer meanwhile, and no restart afterwards."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.embedded.ports import free_port
from config.embedded.servers import Servers, running

_COMMANDS = (
    ("bootstrap_database",),
    ("collectstatic", "--noinput", "-v", "0"),
    ("migrate_schemas",),
    ("seed_demo",),
)


@dataclass
class Site:
    """A web process on servers of its own."""

    port: int
    servers: Servers

    def get(self, path: str, host: str = "oud-house.localhost") -> tuple[int, str, str | None]:
        """Status, text and Retry-After of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path, headers={"Host": host, "Accept-Language": "ar"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text, answer.headers["Retry-After"]

    def until(self, status: int, path: str) -> None:
        """Wait for a page to answer with this status."""
        deadline = time.monotonic() + 30
        while (found := self.get(path)[0]) != status:
            assert time.monotonic() < deadline, found
            time.sleep(0.2)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    for parent in (folder, *folder.parents):
        if parent.name.startswith("pytest-"):
            parent.chmod(0o755)  # the database's unprivileged user must pass
    kept = {name: os.environ.pop(name, None) for name in _VARIABLES}
    try:
        with running(folder / "state") as servers:
            yield from _serve(servers, folder)
        shutil.rmtree(servers.data_root, ignore_errors=True)  # it may lie outside the folder
    finally:
        for name, value in kept.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


_VARIABLES = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_ROLE_PREFIX",
    "REDIS_URL",
    "CACHE_URL",
    "SOUQNA_STATE",
)


def _serve(servers: Servers, folder: Path) -> Iterator[Site]:
    port = free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "SOUQNA_STATE": str(folder / "files"),
    }
    for command in _COMMANDS:
        subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True)
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.wsgi", "-k", "gthread", "--threads", "2"]
        + ["-b", f"127.0.0.1:{port}"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    made = Site(port, servers)
    try:
        _wait_for_port(port)
        yield made
    finally:
        web.terminate()
        web.wait(20)


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def _check_lost_and_back(site: Site, server, check: str) -> None:
    for _ in range(6):  # every thread has its connection by now
        assert site.get("/ar/")[0] == 200
    port = server.port

    server.stop()
    ready = site.get("/readyz")
    page = site.get("/ar/")

    assert ready[0] == 503
    assert json.loads(ready[1])["checks"][check] == "failed"
    assert site.get("/livez")[0] == 200
    server.ensure()
    assert server.port == port
    site.until(200, "/readyz")
    assert all(site.get("/ar/")[0] == 200 for _ in range(6))
    return page


def test_postgresql_is_lost_and_back(site):
    status, text, retry_after = _check_lost_and_back(site, site.servers.postgres, "database")

    assert status == 503
    assert retry_after
    assert '<html lang="ar" dir="rtl"' in text


def test_valkey_is_lost_and_back_and_pages_do_not_need_it(site):
    status, text, _ = _check_lost_and_back(site, site.servers.valkey, "cache")

    assert status == 200
    assert "بيت العود" in text


def test_ready_says_what_it_checked(site):
    status, text, _ = site.get("/readyz", host="anything.example")

    assert status == 200
    assert json.loads(text) == {
        "status": "ok",
        "checks": {"database": "ok", "cache": "ok", "migrations": "ok"},
    }
