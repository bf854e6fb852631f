"""The operating-system account that the embedded servers run as."""

import os
import pwd
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import UnsupportedPlatformError

# PostgreSQL refuses to run as root: the first of these that exists runs it instead.
UNPRIVILEGED = ("souqna", "postgres", "nobody")
# Nothing of the caller's environment (PGPORT, LD_PRELOAD, a locale) may steer a server.
ENVIRONMENT: Mapping[str, str] = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Account:
    """A user to run programs as; `uid` None: the caller's own."""

    uid: int | None = None
    gid: int | None = None

    @property
    def groups(self) -> list[int] | None:
        """Supplementary groups for subprocess: none at all when we change the user."""
        return None if self.uid is None else []

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run `command` to its end as this account, output captured; never raises on failure.

        A session of its own keeps the terminal's Ctrl-C away: initdb would stop half-way.
        """
        return subprocess.run(
            [str(part) for part in command],
            check=False,
            cwd="/",
            env=dict(ENVIRONMENT),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            user=self.uid,
            group=self.gid,
            extra_groups=self.groups,
        )

    def can_enter(self, folder: Path) -> bool:
        """Whether this account can reach `folder` through all its parents.

        Asked of the system, not computed from mode bits: access lists and mounts count too.
        """
        return self.run(["/bin/sh", "-c", 'cd "$1"', "sh", folder]).returncode == 0

    def can_run(self, program: Path) -> bool:
        """Whether this account can execute `program` (it is run with `--version`)."""
        try:
            return self.run([program, "--version"]).returncode == 0
        except OSError:
            return False

    def write(self, path: Path, text: str) -> None:
        """Replace the file `path` in a folder of this account, readable by it alone.

        Never opened by its name: in that folder the account could turn the name into a link.
        """
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        self.own(Path(draft))
        Path(draft).replace(path)

    def own(self, path: Path) -> None:
        """Give one file or folder that we made to this account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def hand_over(path: Path) -> None:
    """As root, give what we made to the owner of the folder around it, who needs it too."""
    if os.geteuid() == 0:
        around = path.parent.stat()
        os.chown(path, around.st_uid, around.st_gid, follow_symlinks=False)


def server_account(*data: Path) -> Account:
    """Who runs the servers whose data folders are `data` (those that exist yet).

    An ordinary user runs them as itself. Root runs them as the owner of the data when there are
    some (a state made by an ordinary user stays usable by them), else as an unprivileged account.
    """
    if os.geteuid() != 0:
        return Account()
    for folder in data:
        owner = folder.stat() if folder.exists() else None
        if owner is not None and owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    return _unprivileged()


def _unprivileged() -> Account:
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid)
    names = ", ".join(UNPRIVILEGED)
    raise UnsupportedPlatformError(f"PostgreSQL can't run as root and none of {names} exists here")
