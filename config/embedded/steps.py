"""One-shot commands of the demo's start-up."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

from config.embedded.errors import StepFailedError
from config.embedded.state import ROOT

_POLL = 0.05  # seconds
_REFUSAL = "CommandError: "


def manage(arguments: Sequence[str], *, stop: threading.Event) -> None:
    """Run `manage.py ARGUMENTS` to its end, silently; when `stop` is set, end it early.

    Raises StepFailedError with its last words after having shown all of them on stderr.
    """
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    said: list[str] = []
    reader = threading.Thread(target=_collect, args=(process, said), daemon=True)
    reader.start()
    while process.poll() is None:
        if stop.is_set():
            _end(process)
            return
        time.sleep(_POLL)
    reader.join(5.0)
    if process.returncode != 0:
        _report("".join(said), f"manage.py {arguments[0]}", process.returncode)


def wait_for(ready: Callable[[], bool], *, seconds: float) -> Callable[[], bool]:
    """`ready` that raises StepFailedError once `seconds` have passed without success."""
    deadline = time.monotonic() + seconds

    def check() -> bool:
        if ready():
            return True
        if time.monotonic() > deadline:
            raise StepFailedError(f"Souqna didn't get ready within {seconds:.0f} seconds")
        return False

    return check


def _collect(process: subprocess.Popen[str], said: list[str]) -> None:
    if process.stdout is not None:
        with process.stdout as stream:
            said.extend(stream)


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(5.0)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _report(said: str, name: str, status: int) -> None:
    last = (said.strip().splitlines() or [f"exit status {status}"])[-1].strip()
    if last.startswith(_REFUSAL):  # expected: the line says it all
        raise StepFailedError(f"{name} refused: {last.removeprefix(_REFUSAL)}")
    sys.stderr.write(said)
    sys.stderr.flush()
    raise StepFailedError(f"{name} failed: {last}")
