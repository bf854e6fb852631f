"""Clients of Valkey, one pool a process and URL. Times are in seconds."""

from functools import lru_cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry


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
