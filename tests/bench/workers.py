"""The other end of `tests.bench.worker`."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]


class WorkerFailedError(RuntimeError):
    """A call raised, or the worker ended."""


class Worker:
    """A side's process, for the length of a `with` block."""

    def __init__(self, side: str, environment: Mapping[str, str], log: Path) -> None:
        self._log = log
        with log.open("ab") as stream:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.bench.worker", side],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
                bufsize=1,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def call(self, name: str, **arguments: Any) -> Any:
        """The result of the side's function. Raises WorkerFailedError."""
        try:
            self._process.stdin.write(json.dumps({"call": name, "arguments": arguments}) + "\n")
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise WorkerFailedError(f"{name}: the worker ended\n{_end_of(self._log)}")
        answer = json.loads(line)
        if "error" in answer:
            raise WorkerFailedError(answer["error"])
        return answer["result"]


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])
