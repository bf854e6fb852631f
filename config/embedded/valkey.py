"""The embedded Valkey: broker, counters and cache of one state, loopback only, with a password."""

import signal
import socket
import time
from pathlib import Path

import psutil

from config.embedded import daemons
from config.embedded.binaries import valkey_program
from config.embedded.errors import ServerFailedError
from config.embedded.ports import free_port, is_free
from config.embedded.state import Secrets, State, make_data_folder, servers_account

HOST = "127.0.0.1"
BROKER_DATABASE = 0
CACHE_DATABASE = 1
# Seconds. Reading a large append-only file back takes its time.
START_SECONDS = 60.0
STOP_SECONDS = 5.0


class Valkey:
    """The Valkey of one state. Call its methods inside `state.starting()`."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._secrets: Secrets = state.secrets()
        self.log = state.server_log("valkey")

    @property
    def data(self) -> Path:
        """The folder of its append-only file."""
        return self._state.data_root() / "valkey"

    @property
    def port(self) -> int:
        """The port of 127.0.0.1 that it listens on; before its first start one nobody uses."""
        return self._state.record().valkey_port or 1

    def url(self, database: int) -> str:
        """The URL of one of its databases."""
        return f"redis://:{self._secrets.valkey_password}@{HOST}:{self.port}/{database}"

    def process(self) -> psutil.Process | None:
        """The running server of this very data folder, whoever started it."""
        try:
            pid = int((self.data / "valkey.pid").read_text())
        except (OSError, ValueError):
            return None
        return daemons.find(pid, name="valkey", folder=self.data)

    def ensure(self) -> None:
        """Adopt the running server or start one. Raises ServerFailedError and the like."""
        if self._adopted():
            return
        make_data_folder(self._state, "valkey")
        account = servers_account(self._state)
        program = valkey_program(account)
        (self.data / "valkey.pid").unlink(missing_ok=True)
        for _ in range(5):
            port = self._choose_port()
            command = [program, self._write_configuration(port)]
            process = daemons.launch(command, log=self.log, account=account)
            if daemons.wait_until(self._answers, process, seconds=START_SECONDS):
                return
            if daemons.is_alive(process):
                daemons.stop(process, [signal.SIGKILL], seconds=STOP_SECONDS)
                break
            if is_free(port):
                break
        raise ServerFailedError(f"Valkey didn't start: {daemons.reason(self.log)}")

    def stop(self) -> None:
        """Stop it if it runs; SIGTERM is its SHUTDOWN: the append-only file is flushed."""
        process = self.process()
        if process is not None:
            daemons.stop(process, [signal.SIGTERM, signal.SIGKILL], seconds=STOP_SECONDS)

    def _adopted(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while (process := self.process()) is not None:
            if self._answers():
                return True
            if time.monotonic() > deadline:
                raise ServerFailedError(
                    f"Valkey (process {process.pid}) doesn't answer: {daemons.reason(self.log)}"
                )
            time.sleep(0.05)
        return False

    def _choose_port(self) -> int:
        record = self._state.record()
        if record.valkey_port is None or not is_free(record.valkey_port):
            record.valkey_port = free_port(avoid=(record.postgres_port,))
            self._state.save_record(record)
        return record.valkey_port

    def _write_configuration(self, port: int) -> Path:
        """The configuration file: a password on the command line could be read by everybody."""
        path = self.data / "valkey.conf"
        settings = {
            "bind": HOST,
            "port": port,
            "dir": _quoted(self.data),
            "pidfile": _quoted(self.data / "valkey.pid"),
            "requirepass": self._secrets.valkey_password,
            # The broker lives here: better an error than a lost task.
            "maxmemory-policy": "noeviction",
            "appendonly": "yes",
            "save": '""',
            "daemonize": "no",
        }
        lines = [f"{name} {value}\n" for name, value in settings.items()]
        servers_account(self._state).write(path, "".join(lines))
        return path

    def _answers(self) -> bool:
        """Whether the server on our port takes our password and has read its data back."""
        command = f"AUTH {self._secrets.valkey_password}\r\nPING\r\nQUIT\r\n"
        try:
            with socket.create_connection((HOST, self.port), timeout=3) as connection:
                connection.sendall(command.encode())
                return b"+PONG" in _read_all(connection)
        except OSError:
            return False


def _read_all(connection: socket.socket) -> bytes:
    parts = []
    while part := connection.recv(4096):
        parts.append(part)
    return b"".join(parts)


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
