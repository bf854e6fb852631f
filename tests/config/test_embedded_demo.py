"""The demo's and manage.py's refusals, and how bin/demo comes by its virtual environment."""

import json
import os
import runpy
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from config.embedded import report
from config.embedded.errors import StepFailedError
from config.embedded.options import Options, parse
from config.embedded.report import Account, Demo, table, write_report
from config.embedded.state import State, open_state, state_folder
from config.embedded.steps import manage, wait_for

ROOT = Path(__file__).resolve().parent.parent.parent
DEMO = [sys.executable, "-m", "config.embedded.demo"]


def run(command: list[Any], **variables: str) -> subprocess.CompletedProcess[str]:
    """Run in an environment without servers of its own."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **variables}
    return subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The one line of a command that refused."""
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    return done.stderr.strip()


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as lent:
        return str(lent.getsockname()[1])


class TestOptions:
    def test_defaults(self) -> None:
        assert parse([]) == Options(port=8000, reset=False)

    def test_all(self) -> None:
        assert parse(["--port", "65535", "--reset"]) == Options(port=65535, reset=True)

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--unknown"],
            ["--res"],
            ["extra"],
            ["--port"],
            *(["--port", port] for port in ("0", "65536", "-1", "x", "", "1e3", "٨٠٠٠", " 80")),
        ],
    )
    def test_wrong(self, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as left:
            parse(arguments)
        assert left.value.code == 2
        assert capsys.readouterr().out == ""


class TestDemoRefusals:
    def test_port_in_use(self, tmp_path: Path, listener: int) -> None:
        done = run([*DEMO, "--port", listener], SOUQNA_STATE=str(tmp_path / "state"))
        expected = f"bin/demo: port {listener} is in use: choose another with --port"
        assert refusal(done) == expected
        assert not (tmp_path / "state").exists()

    def test_state_that_is_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "state").touch()
        done = run([*DEMO, "--port", free_port()], SOUQNA_STATE=str(tmp_path / "state"))
        assert "is a file" in refusal(done)

    def test_second_demo_on_a_state(self, tmp_path: Path) -> None:
        state = open_state(tmp_path / "state")
        with state.demo() as lock:
            assert lock.try_alone()
            done = run([*DEMO, "--port", free_port()], SOUQNA_STATE=str(state.path))
        assert refusal(done) == f"bin/demo: a demo already runs on the state {state.path}"

    def test_database_without_its_owner(self, tmp_path: Path) -> None:
        done = run(
            [*DEMO, "--port", free_port()],
            SOUQNA_STATE=str(tmp_path / "state"),
            DATABASE_URL="postgresql://elsewhere/x",
        )
        assert "DATABASE_URL is set without DATABASE_OWNER_URL" in refusal(done)

    def test_reset_leaves_a_strangers_folder_alone(self, tmp_path: Path) -> None:
        (tmp_path / "media").mkdir()
        (tmp_path / "media" / "photo").touch()
        (tmp_path / "postgresql").mkdir()
        done = run([*DEMO, "--port", free_port(), "--reset"], SOUQNA_STATE=str(tmp_path))
        assert done.returncode == 1
        assert "postgresql was not made by Souqna" in done.stderr
        assert (tmp_path / "media" / "photo").exists()
        assert (tmp_path / "postgresql").exists()


class TestManage:
    def test_broken_state(self, tmp_path: Path) -> None:
        (tmp_path / "state").touch()
        done = run(
            [sys.executable, "manage.py", "list_tenants", "--json"],
            SOUQNA_STATE=str(tmp_path / "state"),
        )
        assert refusal(done).startswith("manage.py: the state folder")

    @pytest.mark.parametrize("arguments", [["check"], ["help"], ["list_tenants", "--help"]])
    def test_no_server_is_started_for_nothing(self, tmp_path: Path, arguments: list[str]) -> None:
        done = run([sys.executable, "manage.py", *arguments], SOUQNA_STATE=str(tmp_path / "state"))
        assert done.returncode == 0, done.stderr
        assert not (tmp_path / "state" / "postgresql").exists()

    def test_other_settings_know_no_embedded_servers(self, tmp_path: Path) -> None:
        done = run(
            [sys.executable, "manage.py", "check", "--settings", "config.settings.production"],
            SOUQNA_STATE=str(tmp_path / "state"),
        )
        assert done.returncode != 0
        assert not (tmp_path / "state").exists()


class TestReport:
    @pytest.fixture
    def demo(self, monkeypatch: pytest.MonkeyPatch) -> Demo:
        monkeypatch.setenv("SOUQNA_SCHEME", "http")
        monkeypatch.setenv("SOUQNA_DOMAIN", "localhost")
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
            monkeypatch.setenv(name, name.lower())
        accounts = (Account("owner@shop.example", "word", {"shop": "owner"}),)
        return Demo(8123, ("shop",), accounts)

    def test_file(self, demo: Demo, tmp_path: Path) -> None:
        write_report(State(tmp_path), demo)
        path = tmp_path / "demo.json"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert json.loads(path.read_text()) == {
            "port": 8123,
            "urls": {
                "landing": "http://localhost:8123",
                "app": "http://app.localhost:8123",
                "admin": "http://admin.localhost:8123",
                "mailbox": "http://app.localhost:8123/mailbox/",
                "storefronts": {"shop": "http://shop.localhost:8123"},
            },
            "accounts": [
                {
                    "email": "owner@shop.example",
                    "password": "word",
                    "totp_secret": None,
                    "roles": {"shop": "owner"},
                }
            ],
            "database_url": "database_url",
            "database_owner_url": "database_owner_url",
            "redis_url": "redis_url",
        }

    def test_table_names_everything(self, demo: Demo) -> None:
        shown = table(demo)
        for word in ("http://shop.localhost:8123", "owner@shop.example", "owner of shop", "word"):
            assert word in shown

    def test_seeds_are_read_as_they_are(self) -> None:
        demo = report.read_demo(8000)
        assert demo.slugs == ("oud-house", "ghaith", "green-school")
        people = {account.email: account.roles for account in demo.accounts}
        assert people["both@souqna.example"] == {"oud-house": "staff", "ghaith": "admin"}
        assert people["super@souqna.example"] == {}
        assert {account.password for account in demo.accounts} == {"souqna-demo-2026"}


class TestSteps:
    def test_failure_is_told_in_one_line_below_its_output(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(StepFailedError) as failed:
            manage(["no_such_command"], stop=threading.Event())
        assert str(failed.value).startswith("manage.py no_such_command failed: ")
        assert "\n" not in str(failed.value)
        assert "no_such_command" in capfd.readouterr().err

    def test_stop_ends_it_early(self) -> None:
        stop = threading.Event()
        threading.Timer(0.3, stop.set).start()
        started = time.monotonic()
        manage(["shell", "-c", "import time; time.sleep(60)"], stop=stop)
        assert time.monotonic() - started < 20

    def test_patience_ends(self) -> None:
        check = wait_for(lambda: False, seconds=0)
        with pytest.raises(StepFailedError, match="didn't get ready within 0 seconds"):
            check()


def test_state_is_relative_to_the_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOUQNA_STATE", raising=False)
    assert state_folder() == ROOT / "var"
    monkeypatch.setenv("SOUQNA_STATE", "elsewhere")
    assert state_folder() == ROOT / "elsewhere"
    monkeypatch.setenv("SOUQNA_STATE", str(tmp_path))
    assert state_folder() == tmp_path


class TestPython:
    """bin/demo on machines that lack something, played by a `python3` of ours."""

    @pytest.fixture
    def bare(self, tmp_path: Path) -> Path:
        """A PATH with the shell's tools and no Python."""
        folder = tmp_path / "bin"
        folder.mkdir()
        for name in ("sh", "dirname", "head"):
            (folder / name).symlink_to(shutil.which(name) or name)
        return folder

    def python(self, folder: Path, script: str) -> None:
        (folder / "python3").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "python3").chmod(0o755)

    def test_none(self, bare: Path) -> None:
        assert "Python 3.11 or later is needed" in refusal(run([ROOT / "bin/demo"], PATH=str(bare)))

    def test_too_old(self, bare: Path) -> None:
        self.python(bare, "case $1 in --version) echo Python 3.9.2 ;; *) exit 1 ;; esac")
        message = refusal(run([ROOT / "bin/demo"], PATH=str(bare)))
        assert message == "bin/demo: Python 3.11 to 3.14 is needed, found Python 3.9.2"

    def test_without_venv(self, bare: Path) -> None:
        self.python(bare, "case $2 in *ensurepip*) exit 1 ;; *) exit 0 ;; esac")
        message = refusal(run([ROOT / "bin/demo"], PATH=str(bare)))
        assert message.endswith("install the package python3-venv")

    def test_help_and_wrong_option_install_nothing(self) -> None:
        done = run([ROOT / "bin/demo", "--help"], SOUQNA_PYTHON=sys.executable)
        assert done.returncode == 0
        assert done.stdout.startswith("usage: bin/demo [-h] [--port N] [--reset]")
        done = run([ROOT / "bin/demo", "--wrong"], SOUQNA_PYTHON=sys.executable)
        assert done.returncode == 2
        assert done.stdout == ""


class TestVenv:
    """bin/lib/venv.py in a project of the test's own."""

    @pytest.fixture
    def project(self, tmp_path: Path) -> Path:
        root = tmp_path / "a project"
        (root / "bin" / "lib").mkdir(parents=True)
        shutil.copy(ROOT / "bin" / "lib" / "venv.py", root / "bin" / "lib")
        (root / "requirements").mkdir()
        for name in ("embedded", "dev"):
            (root / "requirements" / f"{name}.txt").write_text("# nothing\n")
        return root

    def ensure(self, project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run([sys.executable, project / "bin/lib/venv.py", "bin/x", *arguments])

    @pytest.mark.slow
    def test_life_of_an_environment(self, project: Path) -> None:
        venv = project / ".venv"
        done = self.ensure(project, "dev", "-c", "import os, sys; print(sys.prefix, os.getcwd())")
        assert done.stdout == f"{venv} {project}\n"
        assert "Making the virtual environment" in done.stderr

        # The set that includes another one serves for it; nothing is done twice.
        assert self.ensure(project, "embedded").stderr == ""

        # Changed requirements are installed into what is there.
        (project / "requirements" / "embedded.txt").write_text("# changed\n")
        done = self.ensure(project, "embedded")
        assert "Making" not in done.stderr
        assert "Installing requirements/embedded.txt" in done.stderr

        # Interrupted: made anew. So is one that has lost a part.
        (venv / ".souqna-unfinished").touch()
        assert "Making" in self.ensure(project, "embedded").stderr
        (venv / "pyvenv.cfg").unlink()
        (venv / ".souqna-embedded").unlink()
        assert "Making" in self.ensure(project, "embedded").stderr

        # What pip refuses is told, and tried again the next time.
        wrong = project / "requirements" / "embedded.txt"
        wrong.write_text("./no-such-wheel.whl --hash=sha256:00\n")
        for _ in range(2):
            done = self.ensure(project, "embedded")
            assert done.returncode == 1
            last = done.stderr.splitlines()[-1]
            assert last == "bin/x: pip couldn't install requirements/embedded.txt: see above"

    def test_two_at_once_wait_for_each_other(self, project: Path) -> None:
        command = [sys.executable, str(project / "bin/lib/venv.py"), "bin/x", "dev"]
        module = runpy.run_path(str(project / "bin/lib/venv.py"))
        pipe = subprocess.PIPE
        with module["locked"](), subprocess.Popen(command, stderr=pipe, text=True) as waiting:
            assert waiting.stderr is not None
            assert waiting.stderr.readline().startswith("Waiting for another command")
            waiting.send_signal(signal.SIGTERM)
            assert waiting.wait(10) == 128 + signal.SIGTERM
        assert not (project / ".venv").exists()

    def test_command_is_told_to_stop_before_it_listens(self, project: Path) -> None:
        module = runpy.run_path(str(project / "bin/lib/venv.py"))
        told = SimpleNamespace(name="", arguments=[], blocked=set())

        def execute(name: Path, arguments: list[str]) -> None:
            told.name, told.arguments = str(name), arguments
            told.blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [])

        main = module["main"].__globals__
        main["ensure"] = lambda _: None
        before = {number: signal.getsignal(number) for number in module["SIGNALS"]}
        here, arguments, real = Path.cwd(), sys.argv, os.execv
        sys.argv = ["venv.py", "bin/x", "dev", "-m", "thing"]
        try:
            os.execv = execute  # type: ignore[assignment]
            assert module["main"]() == 0
        finally:
            os.execv, sys.argv = real, arguments
            os.chdir(here)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, module["SIGNALS"])
            for number, handler in before.items():
                signal.signal(number, handler)
        assert told.name == str(project / ".venv/bin/python")
        assert told.arguments[1:] == ["-m", "thing"]
        assert set(module["SIGNALS"]) <= told.blocked
