"""What every side's process does: record statements, count its CPU, clock the database."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

from tests.bench import cpu


def backends() -> list[int]:
    """The process ids of PostgreSQL's ends of our connections."""
    wrappers = connections.all(initialized_only=True)
    return sorted(one.connection.info.backend_pid for one in wrappers if one.connection)


def cost(run: Callable[[], object], times: int) -> int:
    """Nanoseconds of CPU that `times` runs take, here and in PostgreSQL."""
    connected = backends()
    before = cpu.here(*connected)
    for _ in range(times):
        run()
    if backends() != connected:
        raise RuntimeError("a connection was opened or closed: run it once before measuring")
    return cpu.here(*connected) - before


def database_time(run: Callable[[], object], times: int) -> int:
    """Nanoseconds that `times` runs wait for statements and commits."""
    spent = depth = 0

    def clocked(step: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal spent, depth
        depth += 1
        started = time.perf_counter_ns()
        try:
            return step(*arguments)
        finally:
            depth -= 1
            # A commit that executes a statement counts once.
            spent += 0 if depth else time.perf_counter_ns() - started

    wrapper: Any = connections["default"]
    commit = wrapper._commit
    wrapper._commit = lambda: clocked(commit)
    try:
        with wrapper.execute_wrapper(clocked):
            for _ in range(times):
                run()
    finally:
        del wrapper._commit
    return spent


def disconnect() -> None:
    """Begin anew with connections: settings of the database reach new ones only."""
    connections.close_all()


@contextmanager
def recorded() -> Iterator[list[str]]:
    """The statements that go through Django's cursors inside the block."""
    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def backend() -> int:
    """The process id of PostgreSQL's end of the default connection."""
    return int(connection.connection.info.backend_pid)
