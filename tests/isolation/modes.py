"""The three ways of connecting, put in place of the `default` alias for every thread."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

MODES = ("direct", "pool", "pgbouncer")
#: Few, so that tenants share server connections.
POOL_SIZE = 2


@contextmanager
def connected(mode: str, bouncer_port: int | None) -> Iterator[None]:
    """Use `mode` inside the block."""
    before = connections.settings["default"]
    connections["default"].close()
    connections.settings["default"] = {**before, **_changes(mode, before, bouncer_port)}
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"].close_pool()
        connections.settings["default"] = before
        del connections["default"]


def _changes(mode: str, before: dict[str, Any], bouncer_port: int | None) -> dict[str, Any]:
    if mode == "direct":
        return {"CONN_MAX_AGE": None}
    if mode == "pool":
        pool = {"min_size": 1, "max_size": POOL_SIZE, "timeout": 30}
        return {"CONN_MAX_AGE": 0, "OPTIONS": {**before["OPTIONS"], "pool": pool}}
    return {"CONN_MAX_AGE": None, "HOST": "127.0.0.1", "PORT": bouncer_port}


def next_request() -> None:
    """What Django does between requests: keep the connection, or hand it back to the pool."""
    connections["default"].close_if_unusable_or_obsolete()
