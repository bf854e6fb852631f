"""Run a command that dies with its supervisor: `python leash.py SUPERVISOR_PID COMMAND…`.

A file of its own, run by path: a `preexec_fn` could deadlock beside the supervisor's threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie ourselves to the supervisor, then become the command."""
    supervisor, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    # It may have died before the call above.
    if os.getppid() != supervisor:
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    main()
