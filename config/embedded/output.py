"""The demo's standard output: lines with a prefix, written without ever blocking the demo."""

import os
import queue
import threading
import time

_COLOURS = (36, 32, 33, 35, 34, 96, 92)
_LINES = 5000
_STOP = None


class Output:
    """Writes blocks of whole lines to a file descriptor from a thread of its own.

    Whoever reads the demo's pipe may stop reading: then lines are dropped (and counted), while
    children go on and signals are still obeyed.
    """

    def __init__(self, descriptor: int = 1) -> None:
        self._descriptor = descriptor
        self._coloured = os.isatty(descriptor) and not os.environ.get("NO_COLOR")
        self._queue: queue.Queue[bytes | None] = queue.Queue(_LINES)
        self._dropped = 0
        self._colours: dict[str, int] = {}
        self._thread = threading.Thread(target=self._write, name="output", daemon=True)
        self._thread.start()

    def say(self, text: str) -> None:
        """Write `text` and a newline; several lines stay together."""
        self._put(f"{text}\n")

    def say_as(self, name: str, line: str, *, width: int) -> None:
        """Write one line of the program `name`, prefixed with it padded to `width`."""
        self._put(f"{self._prefix(name, width)} {line}\n")

    def close(self, *, seconds: float = 2.0) -> None:
        """Write what is queued, for at most `seconds`."""
        deadline = time.monotonic() + seconds
        try:
            self._queue.put(_STOP, timeout=seconds)
        except queue.Full:
            return
        self._thread.join(max(0.0, deadline - time.monotonic()))

    def _prefix(self, name: str, width: int) -> str:
        plain = f"{name:<{width}} |"
        if not self._coloured:
            return plain
        colour = self._colours.setdefault(name, _COLOURS[len(self._colours) % len(_COLOURS)])
        return f"\033[{colour}m{plain}\033[0m"

    def _put(self, text: str) -> None:
        try:
            if self._dropped:
                self._queue.put_nowait(f"({self._dropped} lines dropped)\n".encode())
                self._dropped = 0
            self._queue.put_nowait(text.encode(errors="replace"))
        except queue.Full:
            self._dropped += 1

    def _write(self) -> None:
        while (block := self._queue.get()) is not _STOP:
            try:
                _write_all(self._descriptor, block)
            except OSError:
                # The reader is gone (`bin/demo | head`): nothing to say to anybody.
                return


def _write_all(descriptor: int, block: bytes) -> None:
    # Not sys.stdout: a thread blocked inside its lock would abort the interpreter's exit.
    while block:
        block = block[os.write(descriptor, block) :]
