"""Exact rate limits, counted in Valkey by the `limits` library, across all processes."""

import time
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from urllib.parse import quote

from django.conf import settings
from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter

from tenants import scopes


class RateLimitedError(Exception):
    """A limit is used up. `retry_after` is in whole seconds, at least 1."""

    def __init__(self, limit: "RateLimit", retry_after: int) -> None:
        super().__init__(f"{limit.name}: try again in {retry_after} s")
        self.limit = limit
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`amount` acts in any `seconds`. With Valkey away it lets pass if `fails_open`, else refuses."""

    name: str
    amount: int
    seconds: int
    fails_open: bool = False

    def hit(self, *parts: str) -> None:
        """Count one act of whoever `parts` name, in the scope in force. Raises RateLimitedError."""
        item = RateLimitItemPerSecond(self.amount, self.seconds, namespace=self.name)
        who = (scopes.current().key, *(quote(part, safe="") for part in parts))
        try:
            if _limiter().hit(item, *who):
                return
            reset_time = _limiter().get_window_stats(item, *who).reset_time
        except StorageError as error:
            if self.fails_open:
                return
            raise RateLimitedError(self, self.seconds) from error
        raise RateLimitedError(self, max(1, ceil(reset_time - time.time())))


@lru_cache(maxsize=1)
def _limiter() -> MovingWindowRateLimiter:
    storage = RedisStorage(
        settings.REDIS_URL,
        wrap_exceptions=True,
        key_prefix="limit",
        socket_connect_timeout=2,
        socket_timeout=5,
    )
    return MovingWindowRateLimiter(storage)
