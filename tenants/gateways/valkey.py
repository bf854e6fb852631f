"""Clients of Valkey, one pool a process and URL. Times are in seconds."""

import re
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

_RUN = re.compile(rb"run_id:(\w+)")


@lru_cache(maxsize=4)
def _client(url: str, patience: float) -> "redis.Redis":
    return redis.Redis.from_url(
        url,
        decode_responses=True,
        socket_connect_timeout=patience,
        socket_timeout=patience,
        health_check_interval=30,
    )


def counters() -> "redis.Redis":
    """The Valkey that never evicts: broker, quotas, rate limits."""
    return _client(settings.REDIS_URL, 2)


def cache() -> "redis.Redis":
    """The Valkey that may evict."""
    return _client(settings.CACHE_URL, 2)


def hosts() -> "redis.Redis":
    """The cache for host look-ups, which every request waits for: it gives up early."""
    return _client(settings.CACHE_URL, 0.3)


@lru_cache(maxsize=1)
def hasty_counters() -> "redis.Redis":
    """The counters, for what a page would rather go without than wait for: tried once."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_connect_timeout=0.3,
        socket_timeout=0.3,
        retry=Retry(NoBackoff(), 0),
    )


@lru_cache(maxsize=1)
def pages() -> "redis.Redis":
    """The cache as kept pages are read from it, as bytes: a visitor would rather wait for the page. Its
    connections know which run of the server they speak to, as `run_of` says.
    """
    return redis.Redis.from_url(
        settings.CACHE_URL,
        socket_connect_timeout=0.3,
        socket_timeout=0.3,
        retry=Retry(NoBackoff(), 0),
        redis_connect_func=_meet,
    )


@lru_cache(maxsize=1)
def page_changes() -> "redis.Redis":
    """The cache as it is told of changes, with rows locked: for a second at most. Once more if the
    connection had died, as all do when the server is started anew.
    """
    return redis.Redis.from_url(
        settings.CACHE_URL,
        socket_connect_timeout=1,
        socket_timeout=1,
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
    )


def run_of(connection: Any) -> str:
    """Which run of the server a connection of `pages()` speaks to: another after each start."""
    return str(connection.run)


def _meet(connection: Any) -> None:
    connection.on_connect()
    connection.send_command("INFO", "server")
    found = _RUN.search(connection.read_response())
    connection.run = found[1].decode() if found else ""
