"""The state folder: what it remembers, its secrets, and where the servers' data lies."""

import hashlib
import json
import os
import secrets
import stat
import tempfile
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from config.embedded.accounts import Account, hand_over, server_account
from config.embedded.errors import BrokenStateError
from config.embedded.locks import FileLock, held_alone

Loaded = TypeVar("Loaded", "Secrets", "Record")

ROOT = Path(__file__).resolve().parent.parent.parent
# In a data folder outside the state: names the state that it belongs to.
MARKER = ".souqna"
# Starting the servers can take as long as PostgreSQL's crash recovery.
START_SECONDS = 120.0
# Folders of the state that the project fills; made here so that `--reset` knows them as ours.
CONTENTS = ("media", "mail", "static", "logs")
DATA_FOLDERS = ("postgresql", "valkey")
SHARED_FOLDERS = (Path("/var/lib/souqna"), Path(tempfile.gettempdir()) / "souqna-root")


@dataclass(slots=True)
class Secrets:
    """Random secrets of one state; `secrets.json`, mode 0600."""

    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(64))
    superuser_password: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    owner_password: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    app_password: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    valkey_password: str = field(default_factory=lambda: secrets.token_urlsafe(32))


@dataclass(slots=True)
class Record:
    """What a state remembers between runs; `souqna.json`."""

    # Folders of the state that we made ourselves.
    made: list[str] = field(default_factory=list)
    # Where the servers' data lies when it can't lie in the state.
    data_root: str | None = None
    postgres_port: int | None = None
    valkey_port: int | None = None


class State:
    """One state folder. Files are written atomically, with mode 0600."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.record_file = path / "souqna.json"
        self.secrets_file = path / "secrets.json"

    def starting(self) -> AbstractContextManager[None]:
        """Held by whoever starts, stops or prepares something in this state."""
        return held_alone(self.path / "start.lock", seconds=START_SECONDS)

    def users(self) -> FileLock:
        """Shared by everybody who needs the servers to be there."""
        return FileLock(self.path / "servers.lock")

    def demo(self) -> FileLock:
        """Held alone by the one demo of this state."""
        return FileLock(self.path / "demo.lock")

    def record(self) -> Record:
        """What is remembered; a new record when there is none. Raises BrokenStateError."""
        return _load(self.record_file, Record) or Record()

    def save_record(self, record: Record) -> None:
        """Remember `record`."""
        write_private(self.record_file, record)

    def secrets(self) -> Secrets:
        """The secrets, made on first use. Raises BrokenStateError when they can't be right."""
        found = _load(self.secrets_file, Secrets)
        if found is None:
            if (self.data_root() / "postgresql" / "PG_VERSION").exists():
                raise BrokenStateError(
                    f"{self.secrets_file} is missing but the database it opens is there: "
                    "restore the file, or start over with bin/demo --reset"
                )
            found = Secrets()
            write_private(self.secrets_file, found)
        return found

    def data_root(self) -> Path:
        """The folder that holds `postgresql/` and `valkey/`."""
        remembered = self.record().data_root
        return Path(remembered) if remembered else self.path

    def server_log(self, name: str) -> Path:
        """Where the server `name` writes its log."""
        return self.path / "logs" / f"{name}.log"


def state_folder() -> Path:
    """The folder named by SOUQNA_STATE (default `var`), relative to the project's root."""
    return ROOT / (os.environ.get("SOUQNA_STATE") or "var")


def open_state(folder: Path) -> State:
    """The state in `folder`, made when it isn't there.

    Raises BrokenStateError when the folder can't be used.
    """
    try:
        path = folder.resolve()
        for place in (path, *path.parents):
            if place.exists() and not place.is_dir():
                raise BrokenStateError(f"the state folder {path} can't be: {place} is a file")
        _make(path)
        state = State(path)
        with state.starting():
            _prepare(state)
    except OSError as error:
        raise broken(folder, error) from error
    return state


def broken(folder: Path, error: OSError) -> BrokenStateError:
    """The line for an operating-system error met while working in `folder`."""
    reason = error.strerror or str(error)
    where = f" ({error.filename})" if error.filename else ""
    return BrokenStateError(f"the state folder {folder} can't be used: {reason}{where}")


def servers_account(state: State) -> Account:
    """Who runs the servers of `state`."""
    root = state.data_root()
    return server_account(*(root / name for name in DATA_FOLDERS))


def place_data(state: State) -> Path:
    """Decide where the servers' data lies and remember it; returns the folder.

    In the state itself when the servers' account can get there, else in a folder of ours
    elsewhere: no permission of a folder that we didn't make is ever changed.
    Call inside `state.starting()`.
    """
    record = state.record()
    if record.data_root is None:
        if _reachable(state):
            return state.path
        # Never the same twice: a state of this path may have been removed, or not be mounted now,
        # and its data are neither ours to use nor to delete.
        name = hashlib.sha256(str(state.path).encode()).hexdigest()[:12]
        root = Path(tempfile.mkdtemp(dir=shared_folder(), prefix=f"{name}-"))
        root.chmod(0o711)
        record.data_root = str(root)
        state.save_record(record)
    _claim(Path(record.data_root), state)
    return Path(record.data_root)


def make_data_folder(state: State, name: str) -> Path:
    """The folder `name` of the data root, made for the servers' account when it is missing."""
    folder = place_data(state) / name
    if not folder.exists():
        account = servers_account(state)
        folder.mkdir(mode=0o700)
        account.own(folder)
        record = state.record()
        record.made.append(name)
        state.save_record(record)
    elif name not in state.record().made:
        raise BrokenStateError(f"{folder} was not made by Souqna: choose another state folder")
    return folder


def shared_folder() -> Path:
    """A folder of ours that every account can enter, for root's use. Raises BrokenStateError."""
    for folder in SHARED_FOLDERS:
        try:
            folder.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            continue
        details = folder.lstat()
        # Anybody may have made a folder of that name in the temporary folder before us.
        if not stat.S_ISDIR(details.st_mode) or details.st_uid != os.geteuid():
            continue
        if details.st_mode & 0o022:
            continue
        folder.chmod(0o755)
        return folder
    names = " nor ".join(str(folder) for folder in SHARED_FOLDERS)
    raise BrokenStateError(f"neither {names} can be used for what the server's account must reach")


def write_private(path: Path, document: Any) -> None:
    """Replace the JSON file `path` (a dataclass or plain data) in one step, mode 0600.

    Root hands it to the owner of the folder, who would otherwise be locked out of their state.
    """
    plain = document if isinstance(document, dict) else asdict(document)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(plain, stream, ensure_ascii=False, indent=2)
            stream.write("\n")
            stream.flush()
            os.fsync(stream.fileno())
        hand_over(Path(name))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _make(path: Path) -> None:
    """The folder `path`, in one step: another start must not see it with other permissions."""
    if path.is_dir():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    # As root another account has to pass through to its own 0700 folders.
    draft.chmod(0o711 if os.geteuid() == 0 else 0o700)
    try:
        draft.rename(path)
    except OSError:
        draft.rmdir()
        if not path.is_dir():
            raise


def _prepare(state: State) -> None:
    record = state.record()
    for name in CONTENTS:
        folder = state.path / name
        if not folder.exists():
            folder.mkdir(mode=0o700)
            hand_over(folder)
            record.made.append(name)
    if record != state.record() or not state.record_file.exists():
        state.save_record(record)


def _reachable(state: State) -> bool:
    return any((state.path / name).exists() for name in DATA_FOLDERS) or servers_account(
        state
    ).can_enter(state.path)


def _claim(root: Path, state: State) -> None:
    """Make sure that the data in `root` are this state's own, not those it was copied from."""
    marker = root / MARKER
    owner = Path(marker.read_text().strip()) if marker.exists() else state.path
    if owner != state.path and (owner / state.record_file.name).exists():
        raise BrokenStateError(f"the data in {root} belong to {owner}, of which this is a copy")
    if not root.is_dir():
        raise BrokenStateError(f"the data of {state.path} are gone: {root} is missing")
    if owner != state.path or not marker.exists():
        marker.write_text(f"{state.path}\n")


def _load(path: Path, kind: type[Loaded]) -> Loaded | None:
    try:
        return kind(**_checked(json.loads(path.read_bytes()), kind))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise BrokenStateError(
            f"{path} is damaged: restore it, or remove {path.parent} to start over"
        ) from error


def _checked(document: Any, kind: type[Secrets | Record]) -> dict[str, Any]:
    """`document` if each field has the type of the one in a new `kind`, else ValueError."""
    expected = {name: type(value) for name, value in asdict(kind()).items()}
    for name, value in document.items():
        right = expected[name] if expected[name] is not type(None) else (str, int, type(None))
        if not isinstance(value, right) or value == "":
            raise ValueError(name)
    if kind is Secrets and set(document) != set(expected):
        raise ValueError(kind)
    return dict(document)
