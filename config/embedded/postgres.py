"""The embedded PostgreSQL: one cluster a state, scram passwords, loopback only."""

import signal
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from config.embedded import daemons
from config.embedded.accounts import Account
from config.embedded.binaries import POSTGRES_MAJOR, postgres_programs
from config.embedded.errors import BrokenStateError, ServerFailedError
from config.embedded.ports import free_port, is_free
from config.embedded.state import Secrets, State, make_data_folder, servers_account

SUPERUSER = "souqna_superuser"
OWNER = "souqna_owner"
APP = "souqna_app"
DATABASE = "souqna"
HOST = "127.0.0.1"
# Seconds. Crash recovery after a kill can take long.
START_SECONDS = 90.0
STOP_SECONDS = 7.0
SETTINGS: Mapping[str, str] = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "128MB",
    "max_connections": "200",
    # Provisioning and dropping a tenant touch all tables of a schema in one transaction.
    "max_locks_per_transaction": "256",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "lc_messages": "C",
}


class Postgres:
    """The PostgreSQL of one state. Call its methods inside `state.starting()`."""

    def __init__(self, state: State, settings: Mapping[str, str]) -> None:
        self._state = state
        self._settings = {**SETTINGS, **settings}
        self._secrets: Secrets = state.secrets()
        self.log = state.server_log("postgresql")

    @property
    def data(self) -> Path:
        """The cluster's data folder."""
        return self._state.data_root() / "postgresql"

    @property
    def port(self) -> int:
        """The port of 127.0.0.1 that it listens on; before its first start one nobody uses."""
        return self._state.record().postgres_port or 1

    def url(self, role: str) -> str:
        """The URL of our database for `role` (SUPERUSER, OWNER or APP)."""
        passwords = {
            SUPERUSER: self._secrets.superuser_password,
            OWNER: self._secrets.owner_password,
            APP: self._secrets.app_password,
        }
        return f"postgresql://{role}:{passwords[role]}@{HOST}:{self.port}/{DATABASE}"

    def process(self) -> psutil.Process | None:
        """The running server of this very data folder, whoever started it."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return daemons.find(pid, name="postgres", folder=self.data)

    def ensure(self) -> None:
        """Adopt the running server or start one; make cluster, owner and database when missing.

        Raises BrokenStateError, ServerFailedError or UnsupportedPlatformError.
        """
        if self._adopted():
            return
        make_data_folder(self._state, "postgresql")
        account = servers_account(self._state)
        programs = postgres_programs(account)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(programs, account)
        self._check_version()
        self._start(programs / "postgres", account)
        self._provide_database()

    def stop(self) -> None:
        """Stop it if it runs: open transactions are rolled back, data are flushed."""
        process = self.process()
        if process is not None:
            daemons.stop(process, [signal.SIGINT, signal.SIGQUIT], seconds=STOP_SECONDS)

    def _adopted(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        # It may be starting (its starter was killed) or stopping (likewise): wait for either.
        while (process := self.process()) is not None:
            if self._answers():
                return True
            if time.monotonic() > deadline:
                raise ServerFailedError(
                    f"PostgreSQL (process {process.pid}) doesn't answer: {daemons.reason(self.log)}"
                )
            time.sleep(0.05)
        return False

    def _initialise(self, programs: Path, account: Account) -> None:
        """Make the cluster in place of whatever an interrupted attempt left."""
        password_file = self.data / "password"
        draft = self.data / "draft"
        account.run(["/bin/rm", "-rf", *self.data.iterdir()])
        account.write(password_file, self._secrets.superuser_password)
        try:
            _run_initdb(programs / "initdb", draft, password_file, account)
        finally:
            password_file.unlink(missing_ok=True)
        for entry in draft.iterdir():
            # PG_VERSION last: it says that the cluster is whole.
            if entry.name != "PG_VERSION":
                entry.rename(self.data / entry.name)
        (draft / "PG_VERSION").rename(self.data / "PG_VERSION")
        draft.rmdir()

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text(errors="replace").strip()
        if found != POSTGRES_MAJOR:
            raise BrokenStateError(
                f"{self.data} was made by PostgreSQL {found or '?'}, this is {POSTGRES_MAJOR}: "
                "start over with bin/demo --reset"
            )

    def _start(self, program: Path, account: Account) -> None:
        self._clear_pid_file()
        for _ in range(5):
            port = self._choose_port()
            process = daemons.launch(
                [program, "-D", self.data, *self._arguments(port)], log=self.log, account=account
            )
            if daemons.wait_until(self._answers, process, seconds=START_SECONDS):
                return
            if daemons.is_alive(process):
                daemons.stop(process, [signal.SIGQUIT], seconds=STOP_SECONDS)
                break
            if is_free(port):
                break
        raise ServerFailedError(f"PostgreSQL didn't start: {daemons.reason(self.log)}")

    def _clear_pid_file(self) -> None:
        """Remove a killed server's pid file.

        Its number may be a stranger's by now, for whose sake PostgreSQL would refuse to start. But
        the file also guards against sessions that survived their server: wait for those first.
        """
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists():
            if not daemons.wait_for_strays("postgres", self.data, seconds=20):
                raise ServerFailedError(f"sessions of a killed PostgreSQL still use {self.data}")
            pid_file.unlink()

    def _choose_port(self) -> int:
        record = self._state.record()
        if record.postgres_port is None or not is_free(record.postgres_port):
            record.postgres_port = free_port(avoid=(record.valkey_port,))
            self._state.save_record(record)
        return record.postgres_port

    def _arguments(self, port: int) -> list[str]:
        settings = {**self._settings, "port": str(port)}
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _answers(self) -> bool:
        """Whether the server on our port is ours and takes our password."""
        try:
            with self._connect() as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error) and self.process() is not None:
                raise BrokenStateError(
                    f"{self._state.secrets_file} doesn't fit the database in {self.data}"
                ) from error
            return False
        return row is not None and Path(row[0]).resolve() == self.data.resolve()

    def _connect(self) -> psycopg.Connection[tuple[str, ...]]:
        return psycopg.connect(
            host=HOST,
            port=self.port,
            user=SUPERUSER,
            password=self._secrets.superuser_password,
            dbname="postgres",
            sslmode="disable",
            gssencmode="disable",
            connect_timeout=5,
            autocommit=True,
        )

    def _provide_database(self) -> None:
        """The owner (no superuser, no BYPASSRLS) and its database, when missing."""
        with self._connect() as connection:
            if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", OWNER):
                # The verifier, not the password: statements may be logged.
                verifier = connection.pgconn.encrypt_password(
                    self._secrets.owner_password.encode(), OWNER.encode(), b"scram-sha-256"
                ).decode()
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD {}").format(
                        sql.Identifier(OWNER), sql.Literal(verifier)
                    )
                )
            if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )


def _exists(connection: psycopg.Connection[tuple[str, ...]], query: str, name: str) -> bool:
    return connection.execute(query.encode(), (name,)).fetchone() is not None


def _run_initdb(program: Path, data: Path, password_file: Path, account: Account) -> None:
    # Full text search asks the system's locale which letters are letters; macOS lacks C.UTF-8.
    for locale in ("C.UTF-8", "C"):
        done = account.run(
            [
                program,
                f"--pgdata={data}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                f"--locale={locale}",
            ]
        )
        if done.returncode == 0:
            return
        if "locale" not in done.stderr:
            break
    said = done.stderr.strip().splitlines() or ["no reason given"]
    raise ServerFailedError(f"PostgreSQL's initdb failed: {said[-1]}")
