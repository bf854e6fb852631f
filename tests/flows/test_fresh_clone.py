"""A stranger's first minutes: a fresh clone, an ordinary user, an empty home, the two commands."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.ports import free_port
from tests.machine import not_run

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]


def _stranger() -> dict[str, object]:
    """Options of `subprocess` for an ordinary user; ourselves, if we are one."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


def _python() -> str:
    """A Python that the stranger may run."""
    for name in ("/usr/bin/python3", shutil.which("python3") or ""):
        probe = [name, "-c", "import venv, ensurepip, sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            if subprocess.run(probe, **_stranger(), cwd="/", check=False).returncode == 0:
                return name
        except OSError:
            continue
    not_run("no Python 3.11 with venv that an ordinary user may run")
    raise AssertionError


@pytest.fixture(scope="module")
def clone() -> Iterator[Path]:
    """A fresh clone of what is committed, in a folder of the stranger's."""
    folder = Path(tempfile.mkdtemp(prefix="souqna-stranger-"))
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder / "souqna")], check=True)
    (folder / "home").mkdir()
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "nobody:nogroup", str(folder)], check=True)
    yield folder / "souqna"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def environment(clone: Path) -> dict[str, str]:
    """As little as a log-in gives; the package index is the machine's own."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_"))}
    return {
        **kept,
        "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin",
        "HOME": str(clone.parent / "home"),
        "SOUQNA_PYTHON": _python(),
    }


def test_the_demo_runs_keeps_its_data_and_stops(clone, environment):
    port = free_port()
    log = clone.parent / "demo.log"
    for _ in range(2):
        with log.open("wb") as output:
            demo = subprocess.Popen(
                [clone / "bin/demo", "--port", str(port)],
                env=environment, stdout=output, stderr=output, **_stranger(),
            )  # fmt: skip
        _wait_for(lambda: "Souqna is ready" in log.read_text(), demo, log, seconds=400)

        described = json.loads((clone / "var/demo.json").read_text())
        assert described["port"] == port
        assert _status(port, "/readyz", "any.example") == 200
        assert _status(port, "/ar/", "oud-house.localhost") == 200
        listed = subprocess.run(
            [clone / ".venv/bin/python", "manage.py", "list_tenants", "--json"],
            cwd=clone, env=environment, capture_output=True, check=True, **_stranger(),
        )  # fmt: skip
        assert len(json.loads(listed.stdout)) == 3

        demo.send_signal(signal.SIGTERM)
        assert demo.wait(30) == 0


def test_the_tests_run(clone, environment):
    done = subprocess.run(
        [clone / "bin/test", "tests/tenants/test_surfaces.py", "-q"],
        env=environment, capture_output=True, text=True, check=False, **_stranger(),
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert " passed" in done.stdout


def _wait_for(ready, process: subprocess.Popen[bytes], log: Path, *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert process.poll() is None, log.read_text()[-3000:]
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        time.sleep(0.5)


def _status(port: int, path: str, host: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Host": host})
    status = connection.getresponse().status
    connection.close()
    return status
