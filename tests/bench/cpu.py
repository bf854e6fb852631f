"""CPU time, in nanoseconds: of this process, of PostgreSQL's backends, of a whole server.

The kernel's own scheduler statistics: exact to the microsecond, unlike the 10 ms ticks of /proc/*/stat.
"""

import os
import time
from pathlib import Path

_TICK = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
#: A backend is still busy for a moment after its answer has arrived.
_SETTLED = 0.0015  # seconds


def is_countable() -> bool:
    """Whether this system keeps the figures."""
    try:
        return of_process(os.getpid()) > 0
    except (OSError, ValueError):
        return False


def of_process(pid: int) -> int:
    """What a process of one thread (each of PostgreSQL's is) has used so far."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def here(*backends: int) -> int:
    """What this process, all its threads, and these backends have used so far."""
    time.sleep(_SETTLED)
    return time.process_time_ns() + sum(map(of_process, backends))


def of_server(postmaster: int) -> int:
    """What a PostgreSQL server has used so far: the postmaster, its children, and those that ended.

    Of the ended ones the kernel tells whole ticks of 10 ms, rounded once for their sum.
    """
    ended = sum(map(int, _stat(postmaster)[13:15])) * _TICK
    return ended + of_process(postmaster) + sum(map(of_process, children(postmaster)))


def children(parent: int) -> list[int]:
    """The processes that `parent` has started and that still run."""
    path = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(pid) for pid in path.read_text().split()]


def _stat(pid: int) -> list[str]:
    # The second field, the program's name, may hold blanks and brackets.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
