"""Having pictures developed, each in a process of its own (`darkroom.py`)."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from storefront.enums import MediaFault

_DARKROOM = Path(__file__).with_name("darkroom.py")
#: Seconds for one picture on a busy machine. Its CPU time is limited as well.
PATIENCE = 150
#: Signals that a process gets for what the picture made it do.
_OWN_FAULT = frozenset(
    {signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGILL, signal.SIGFPE}
    | {signal.SIGXCPU, signal.SIGXFSZ}
)


class PictureFaultError(Exception):
    """The file is not taken, and never will be; `fault` says why."""

    def __init__(self, fault: MediaFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class DarkroomError(Exception):
    """The picture could not be developed this time."""


@dataclass(frozen=True, slots=True)
class Developed:
    """One rendition, in a file. Sizes are pixels."""

    file: Path
    width: int
    height: int
    content_type: str


def develop(file: Path, content_type: str, folder: Path) -> list[Developed]:
    """Make the renditions of a picture in `folder`: AVIF before WebP, small before large.

    Raises PictureFaultError, DarkroomError.
    """
    command = [sys.executable, "-I", str(_DARKROOM), str(file), content_type, str(folder)]
    try:
        done = subprocess.run(
            command,
            env={"PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DarkroomError("it took too long") from error
    if -done.returncode in _OWN_FAULT:
        raise PictureFaultError(MediaFault.UNREADABLE)
    if done.returncode != 0:
        raise DarkroomError(
            f"status {done.returncode}: {done.stderr[-500:].decode(errors='replace')}"
        )
    told = json.loads(done.stdout)
    if "fault" in told:
        raise PictureFaultError(MediaFault(told["fault"]))
    return [Developed(**{**one, "file": folder / one["file"]}) for one in told["renditions"]]
