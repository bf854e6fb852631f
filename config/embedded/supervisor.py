"""Runs several programs side by side: prefixed output, restarts, one orderly end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded.errors import StepFailedError
from config.embedded.output import Output

_LEASH = Path(__file__).with_name("leash.py")
_POLL = 0.1  # seconds
_LINE_LIMIT = 64 * 1024  # characters


@dataclass(frozen=True, slots=True)
class Program:
    """One program to keep running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    # Descriptors that the program inherits under the same numbers (listening sockets).
    descriptors: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the supervisor waits for what; seconds."""

    # A program that ran for less died "quickly"; so many in a row and we give up.
    quick: float = 10.0
    quick_deaths: int = 5
    # Before the second, third, … start in a row.
    back_off: Sequence[float] = (0.2, 0.5, 1.0, 2.0)
    # Between SIGTERM and SIGKILL, for all programs together.
    stop: float = 12.0


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    quick_deaths: int = 0
    # When to start it again; None while it runs.
    due: float | None = 0.0
    readers: list[threading.Thread] = field(default_factory=list)


class Supervisor:
    """Start programs in their order, watch them, stop them in reverse.

    Use it from the main thread only: the kernel ends a child when the *thread* that started it
    ends. `on_line(name, line)` is called from reader threads for each line of output.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        output: Output,
        on_line: Callable[[str, str], None] | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._children = [_Child(program) for program in programs]
        self._output = output
        self._on_line = on_line
        self._patience = patience or Patience()
        self._width = max(len(program.name) for program in programs)

    def watch(self, *, until: Callable[[], bool], tick: Callable[[], None] | None = None) -> None:
        """Start and restart programs until `until()`; `tick()` is called every round.

        Raises StepFailedError, one line, when a program keeps dying.
        """
        while not until():
            for child in self._children:
                self._care_for(child)
            if tick is not None:
                tick()
            time.sleep(_POLL)

    def shut_down(self) -> None:
        """Stop all: SIGTERM in reverse order, SIGKILL for what is left when the time is up."""
        children = [child for child in reversed(self._children) if child.process is not None]
        for child in children:
            _signal_program(child, signal.SIGTERM)
        deadline = time.monotonic() + self._patience.stop
        while any(_runs(child) for child in children) and time.monotonic() < deadline:
            time.sleep(_POLL)
        for child in children:
            if _runs(child):
                self._say(child, "didn't stop in time: killed")
            _kill_group(child)
        for child in children:
            for reader in child.readers:
                reader.join(1.0)

    def _care_for(self, child: _Child) -> None:
        if child.process is not None and child.process.poll() is not None:
            self._note_death(child, child.process.returncode)
        if child.due is not None and time.monotonic() >= child.due:
            self._start(child)

    def _note_death(self, child: _Child, status: int) -> None:
        # What it left behind may hold its port.
        _kill_group(child)
        child.process = None
        ran = time.monotonic() - child.started
        child.quick_deaths = child.quick_deaths + 1 if ran < self._patience.quick else 1
        ended = _describe(status)
        if child.quick_deaths >= self._patience.quick_deaths:
            raise StepFailedError(
                f"{child.program.name} {ended} {child.quick_deaths} times in a row: giving up"
            )
        pauses = self._patience.back_off
        pause = pauses[min(child.quick_deaths, len(pauses)) - 1]
        self._say(child, f"{ended}: starting it again in {pause:g} s")
        child.due = time.monotonic() + pause

    def _start(self, child: _Child) -> None:
        program = child.program
        # A session of its own: the terminal's Ctrl-C reaches the supervisor alone.
        child.process = subprocess.Popen(
            [sys.executable, "-S", "-E", str(_LEASH), str(os.getpid()), *program.command],
            env=None if program.environment is None else dict(program.environment),
            cwd=program.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            pass_fds=tuple(program.descriptors),
            start_new_session=True,
        )
        child.started, child.due = time.monotonic(), None
        reader = threading.Thread(
            target=self._read, args=(child, child.process), name=program.name, daemon=True
        )
        child.readers = [*(one for one in child.readers if one.is_alive()), reader]
        reader.start()

    def _read(self, child: _Child, process: subprocess.Popen[str]) -> None:
        stream = process.stdout
        if stream is None:
            return
        with stream:
            while line := stream.readline(_LINE_LIMIT):
                text = line.rstrip("\n")
                self._say(child, text)
                if self._on_line is not None:
                    self._on_line(child.program.name, text)

    def _say(self, child: _Child, line: str) -> None:
        self._output.say_as(child.program.name, line, width=self._width)


def _runs(child: _Child) -> bool:
    return child.process is not None and child.process.poll() is None


def _signal_program(child: _Child, number: signal.Signals) -> None:
    if child.process is not None:
        # subprocess doesn't signal a process that it has reaped: the number may be reused.
        child.process.send_signal(number)


def _kill_group(child: _Child) -> None:
    """Kill the program and all that it started (they share its process group)."""
    if child.process is None:
        return
    # Nobody is left (macOS says "not permitted" of a group of zombies).
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()


def _describe(status: int) -> str:
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"exited with status {status}"
