"""The supervisor and its output, with small Python programs for children."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from config.embedded.errors import StepFailedError
from config.embedded.output import Output
from config.embedded.supervisor import Patience, Program, Supervisor

ROOT = Path(__file__).resolve().parent.parent.parent
FAST = Patience(quick=5.0, quick_deaths=3, back_off=(0.01,), stop=1.5)
IDLE = "import time\ntime.sleep(60)"
# Says when it is told to end, then ends.
POLITE = """
import signal, sys, time
def leave(number, frame):
    print("leaving", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("up", flush=True)
time.sleep(60)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""


class Stage:
    """A supervisor whose output lines are kept."""

    def __init__(self, scripts: dict[str, str], patience: Patience) -> None:
        self.read_end, self.write_end = os.pipe()
        self.output = Output(self.write_end)
        self.lines: list[tuple[str, str]] = []
        programs = [
            Program(name, [sys.executable, "-c", script]) for name, script in scripts.items()
        ]
        self.supervisor = Supervisor(
            programs,
            output=self.output,
            on_line=lambda name, line: self.lines.append((name, line)),
            patience=patience,
        )

    def watch(self, condition: Callable[[], bool], seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds

        def until() -> bool:
            assert time.monotonic() < deadline, self.lines
            return condition()

        self.supervisor.watch(until=until)

    def said(self, *lines: tuple[str, str]) -> bool:
        return all(line in self.lines for line in lines)

    def shown(self) -> str:
        self.output.close()
        return os.read(self.read_end, 1_000_000).decode()


@contextmanager
def stage(patience: Patience = FAST, **scripts: str) -> Iterator[Stage]:
    found = Stage(scripts, patience)
    try:
        yield found
    finally:
        found.supervisor.shut_down()
        found.output.close()
        os.close(found.read_end)
        os.close(found.write_end)


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


class TestOutput:
    def test_lines_of_both_streams_get_an_aligned_prefix(self) -> None:
        web = "import sys, time\nprint('سلام')\nprint('oops', file=sys.stderr)\ntime.sleep(60)"
        worker = "import time\nprint('hi', end='', flush=True)\nprint()\ntime.sleep(60)"
        with stage(web=web.replace("')", "', flush=True)", 1), worker=worker) as found:
            found.watch(lambda: found.said(("web", "سلام"), ("web", "oops"), ("worker", "hi")))
            shown = found.shown()
        assert "web    | سلام\n" in shown
        assert "web    | oops\n" in shown
        assert "worker | hi\n" in shown
        assert "\033" not in shown

    def test_bytes_that_are_no_text_and_endless_lines_do_no_harm(self) -> None:
        script = """
import sys, time
sys.stdout.buffer.write(b"\\xff\\n" + b"x" * 200_000 + b"\\nend\\n")
sys.stdout.flush()
time.sleep(60)
"""
        with stage(web=script) as found:
            reader = threading.Thread(target=lambda: [os.read(found.read_end, 65536) for _ in "12"])
            reader.start()
            found.watch(lambda: found.said(("web", "\N{REPLACEMENT CHARACTER}"), ("web", "end")))
            reader.join()

    def test_reader_that_stops_reading_stops_nobody(self) -> None:
        script = """
import time
for number in range(20_000):
    print("x" * 100)
print("done", flush=True)
time.sleep(60)
"""
        with stage(web=script) as found:
            found.watch(lambda: found.said(("web", "done")))
            started = time.monotonic()
            found.supervisor.shut_down()
            found.output.close(seconds=0.5)
            assert time.monotonic() - started < 5
            # Let the writing thread go before the pipe is closed under it.
            os.set_blocking(found.read_end, False)
            assert eventually(lambda: _drained(found))

    def test_reader_that_went_away(self) -> None:
        read_end, write_end = os.pipe()
        output = Output(write_end)
        os.close(read_end)
        output.say("to nobody")
        output.say("again")
        output.close()
        os.close(write_end)

    def test_blocks_stay_together(self) -> None:
        read_end, write_end = os.pipe()
        output = Output(write_end)
        output.say("one\ntwo")
        output.close()
        assert os.read(read_end, 100) == b"one\ntwo\n"
        os.close(read_end)
        os.close(write_end)

    def test_terminal_gets_colours_unless_asked_not_to(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("NO_COLOR", raising=False)
        assert "\033[" in _said_to_a_terminal()
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\033[" not in _said_to_a_terminal()


def _drained(found: Stage) -> bool:
    with suppress(BlockingIOError):
        os.read(found.read_end, 1_000_000)
    return not found.output._thread.is_alive() or found.output._queue.empty()


def _said_to_a_terminal() -> str:
    ours, theirs = os.openpty()
    output = Output(theirs)
    output.say_as("web", "hello", width=3)
    output.close()
    said = os.read(ours, 1000).decode()
    os.close(ours)
    os.close(theirs)
    return said


class TestRestart:
    def test_child_that_dies_is_started_again(self, tmp_path: Path) -> None:
        mark = tmp_path / "mark"
        script = f"""
import pathlib, sys, time
mark = pathlib.Path({str(mark)!r})
if mark.exists():
    print("second", flush=True)
    time.sleep(60)
mark.touch()
sys.exit(3)
"""
        with stage(web=script) as found:
            found.watch(lambda: found.said(("web", "second")))
            shown = found.shown()
        assert "exited with status 3: starting it again in 0.01 s" in shown

    def test_killed_child_is_started_again_and_its_family_is_gone(self) -> None:
        # The grandchild is what would keep a listening port.
        script = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(60)
"""
        with stage(web=script) as found:
            found.watch(lambda: len(found.lines) == 1)
            parent, child = map(int, found.lines[0][1].split())
            os.kill(parent, signal.SIGKILL)
            found.watch(lambda: len(found.lines) == 2)
            assert is_gone(child)
            shown = found.shown()
        assert "was ended by SIGKILL" in shown

    def test_child_that_keeps_dying_ends_all(self) -> None:
        with (
            stage(web=IDLE, worker="import sys\nsys.exit('no')") as found,
            pytest.raises(
                StepFailedError, match="worker exited with status 1 3 times in a row: giving up"
            ),
        ):
            found.watch(lambda: False)
        assert found.lines.count(("worker", "no")) == 3

    def test_deaths_far_apart_are_forgiven(self) -> None:
        patience = Patience(quick=0.0, quick_deaths=3, back_off=(0.0,), stop=2.0)
        with stage(patience, web="print('x', flush=True)") as found:
            found.watch(lambda: len(found.lines) >= 5)

    def test_missing_program_is_told(self) -> None:
        supervisor_output = Output(os.open(os.devnull, os.O_WRONLY))
        program = Program("web", ["/no/such/program"])
        supervisor = Supervisor([program], output=supervisor_output, patience=FAST)
        with pytest.raises(StepFailedError, match="web exited with status 1"):
            supervisor.watch(until=lambda: False)


class TestEnd:
    def test_children_are_told_in_reverse_order(self) -> None:
        with stage(first=POLITE, second=POLITE, third=POLITE) as found:
            found.watch(lambda: len(found.lines) == 3)
            found.supervisor.shut_down()
            left = [name for name, line in found.lines if line == "leaving"]
            assert sorted(left) == ["first", "second", "third"]

    def test_signals_go_out_in_reverse_order(self, monkeypatch: pytest.MonkeyPatch) -> None:
        told: list[int] = []
        real = subprocess.Popen.send_signal
        monkeypatch.setattr(
            subprocess.Popen,
            "send_signal",
            lambda process, number: (told.append(process.pid), real(process, number)),
        )
        with stage(first=POLITE, second=POLITE, third=POLITE) as found:
            found.watch(lambda: len(found.lines) == 3)
            started = [child.process.pid for child in found.supervisor._children]
            found.supervisor.shut_down()
        assert told[:3] == started[::-1]

    def test_stubborn_child_is_killed_in_time(self) -> None:
        with stage(web=STUBBORN, worker=POLITE) as found:
            found.watch(lambda: len(found.lines) == 2)
            started = time.monotonic()
            found.supervisor.shut_down()
            assert 1.5 <= time.monotonic() - started < 4
            assert "didn't stop in time: killed" in found.shown()
            assert found.said(("worker", "leaving"))

    def test_shut_down_twice_and_before_any_start(self) -> None:
        with stage(web=POLITE) as found:
            found.supervisor.shut_down()
            found.watch(lambda: found.said(("web", "up")))
            found.supervisor.shut_down()
            found.supervisor.shut_down()

    def test_children_are_out_of_reach_of_the_terminal(self) -> None:
        script = "import os, time\nprint(os.getsid(0) == os.getpid(), flush=True)\ntime.sleep(60)"
        with stage(web=script) as found:
            found.watch(lambda: found.said(("web", "True")))

    @pytest.mark.skipif(sys.platform != "linux", reason="Linux tells children of their parent")
    def test_children_end_with_a_killed_supervisor(self) -> None:
        child = "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)"
        script = f"""
import sys
from config.embedded.output import Output
from config.embedded.supervisor import Program, Supervisor
program = Program("web", [sys.executable, "-c", {child!r}])
Supervisor([program], output=Output()).watch(until=lambda: False)
"""
        with subprocess.Popen(
            [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            pid = int(process.stdout.readline().split("|")[1])
            process.kill()
        assert eventually(lambda: is_gone(pid))
