"""`bin/demo --reset`: remove what a state keeps, and nothing that we didn't make."""

import shutil
import signal
from pathlib import Path

from config.embedded import daemons
from config.embedded.errors import StateInUseError
from config.embedded.postgres import STOP_SECONDS
from config.embedded.state import DATA_FOLDERS, State

_FILES = ("demo.json", "secrets.json")


def reset(state: State) -> list[Path]:
    """Remove database, queue, media, mail and secrets; returns the folders removed.

    Only folders that the state's record names as made by us. Raises StateInUseError while a
    command uses the servers.
    """
    with state.starting(), state.users() as users:
        if not users.try_alone():
            raise StateInUseError(f"another command uses {state.path}: nothing was removed")
        record = state.record()
        folders = [_place(state, name) for name in record.made]
        for folder in folders:
            _stop_servers_in(folder)
            _remove(folder)
        for name in _FILES:
            (state.path / name).unlink(missing_ok=True)
        record.made = []
        state.save_record(record)
    return folders


def _place(state: State, name: str) -> Path:
    return (state.data_root() if name in DATA_FOLDERS else state.path) / name


def _stop_servers_in(folder: Path) -> None:
    """Stop a server that a killed run left, whatever became of its pid file and password."""
    for name, number in (("postgres", signal.SIGQUIT), ("valkey", signal.SIGTERM)):
        for process in daemons.strays(name, folder):
            daemons.stop(process, [number, signal.SIGKILL], seconds=STOP_SECONDS)


def _remove(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
