"""Advisory locks on files of the state folder (flock): the system frees them when we die."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from config.embedded.accounts import hand_over
from config.embedded.errors import StateInUseError

_POLL = 0.05  # seconds


class FileLock:
    """One open lock file. Locks belong to this object and end with `close()`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        hand_over(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release what is held."""
        os.close(self._descriptor)

    def try_share(self) -> bool:
        """Take it beside other sharers; False while somebody holds it alone."""
        return self._try(fcntl.LOCK_SH)

    def try_alone(self) -> bool:
        """Take it alone (or turn our share into that); False while anybody else holds it."""
        return self._try(fcntl.LOCK_EX)

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def held_alone(path: Path, *, seconds: float) -> Iterator[None]:
    """Hold the lock `path` alone inside the block, waiting up to `seconds` for it.

    Raises StateInUseError after that.
    """
    deadline = time.monotonic() + seconds
    with FileLock(path) as lock:
        while not lock.try_alone():
            if time.monotonic() > deadline:
                raise StateInUseError(f"another process has held {path} for {seconds:.0f} seconds")
            time.sleep(_POLL)
        yield
