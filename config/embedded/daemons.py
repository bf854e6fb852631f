"""Start, recognise and stop a server process that outlives the one who started it."""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from config.embedded.accounts import ENVIRONMENT, Account
from config.embedded.errors import ServerFailedError

_POLL = 0.03  # seconds
_LOG_LIMIT = 10 * 1024 * 1024  # bytes


def launch(command: Sequence[str | Path], *, log: Path, account: Account) -> psutil.Process:
    """Start `command` in the background, in a session of its own, its output appended to `log`.

    The shell in between hands the server to init: it is nobody's zombie and no caller's child.
    """
    descriptor = os.open(_rotated(log), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        started = subprocess.run(
            ["/bin/sh", "-c", '"$@" >&2 & echo $!', "sh", *map(str, command)],
            check=True,
            cwd="/",
            env=dict(ENVIRONMENT),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=descriptor,
            text=True,
            start_new_session=True,
            user=account.uid,
            group=account.gid,
            extra_groups=account.groups,
        )
    finally:
        os.close(descriptor)
    try:
        return psutil.Process(int(started.stdout))
    except psutil.NoSuchProcess as error:
        name = Path(command[0]).name
        raise ServerFailedError(f"{name} stopped at once: {reason(log)}") from error


def wait_until(ready: Callable[[], bool], process: psutil.Process, *, seconds: float) -> bool:
    """Wait until `ready()`; False when `process` ended first or the time was up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return True
        if not is_alive(process):
            return False
        time.sleep(_POLL)
    return False


def is_alive(process: psutil.Process) -> bool:
    """Whether `process` still runs (a zombie doesn't)."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def find(pid: int, *, name: str, folder: Path) -> psutil.Process | None:
    """The process `pid` if it is a server `name` working in `folder`.

    A number in an old pid file may belong to anybody by now.
    """
    try:
        process = psutil.Process(pid)
        same = Path(process.cwd()).resolve() == folder.resolve()
        return process if same and name in process.name() and is_alive(process) else None
    except (psutil.Error, OSError):
        return None


def strays(name: str, folder: Path) -> list[psutil.Process]:
    """All processes `name` that work in `folder`."""
    found = (find(pid, name=name, folder=folder) for pid in psutil.pids())
    return [process for process in found if process is not None]


def wait_for_strays(name: str, folder: Path, *, seconds: float) -> bool:
    """Wait until no process `name` works in `folder` any more; False when the time was up."""
    deadline = time.monotonic() + seconds
    while strays(name, folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL)
    return True


def stop(process: psutil.Process, signals: Sequence[int], *, seconds: float) -> None:
    """Send `signals` one after another, giving the process `seconds` after each to end."""
    for number in signals:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            return
        if _ended(process, seconds):
            return


def reason(log: Path) -> str:
    """The last complaint in a server's log, as part of a one-line message."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:]
    except OSError:
        return "no log was written"
    complaints = [line for line in lines if any(word in line for word in _COMPLAINTS)]
    said = (complaints or lines or ["the log is empty"])[-1].strip()
    return f"{said} (log: {log})"


_COMPLAINTS = ("FATAL", "PANIC", "rror", "could not", "ailed", "annot", "can't")


def _ended(process: psutil.Process, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_alive(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL)
    return True


def _rotated(log: Path) -> Path:
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    return log
