"""A real PgBouncer in transaction mode, so few server connections that clients must share them."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

POOL_SIZE = 2
_CONFIG = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen_port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = {pool_size}
max_client_conn = 200
server_round_robin = 1
logfile = {folder}/pgbouncer.log
"""


def program() -> str:
    """Where PgBouncer is. Skips the test without one; fails it where it must be."""
    found = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        if os.geteuid() == 0 and os.environ.get("CI"):
            pytest.fail("pgbouncer is not installed: apt-get install pgbouncer")
        pytest.skip("NOT RUN: pgbouncer is not installed")
    return found


@contextmanager
def running(*, host: str, port: int, logins: Iterable[str]) -> Iterator[int]:
    """PgBouncer in front of the server at `host`:`port`, for these logins. Yields its port.

    It knows their SCRAM verifiers alone and passes each client's proof through.
    """
    command = program()
    folder = Path(tempfile.mkdtemp(prefix="souqna-pgbouncer-"))
    listen_port = _free_port()
    (folder / "users.txt").write_text(_users(logins))
    (folder / "pgbouncer.ini").write_text(
        _CONFIG.format(
            host=host, port=port, listen_port=listen_port, folder=folder, pool_size=POOL_SIZE
        )
    )
    process = subprocess.Popen(
        [command, "-q", str(folder / "pgbouncer.ini")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **_account(folder),
    )
    try:
        _wait(process, listen_port, folder)
        yield listen_port
    finally:
        process.terminate()
        process.wait(timeout=10)
        shutil.rmtree(folder)


def _users(logins: Iterable[str]) -> str:
    with psycopg.connect(os.environ["SOUQNA_TEST_SUPERUSER_URL"]) as connection:
        found = connection.execute(
            "SELECT rolname, rolpassword FROM pg_authid WHERE rolname = ANY(%s)", [list(logins)]
        ).fetchall()
    return "".join(f'"{name}" "{verifier}"\n' for name, verifier in found)


def _account(folder: Path) -> dict[str, object]:
    """PgBouncer refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    for path in (folder, *folder.iterdir()):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _wait(process: subprocess.Popen, port: int, folder: Path) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    log = folder / "pgbouncer.log"
    pytest.fail(f"pgbouncer didn't start: {log.read_text() if log.exists() else 'no log'}")
