"""A tenant's public pages in the Valkey that may evict, and the version that they are kept under.

The version is a random word, so one that was evicted never comes back. While a change is under way
nothing may be kept: a page read meanwhile may be the old one or the new one. Times are in seconds.
"""

import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import redis
import structlog

from tenants.gateways import valkey

#: A change whose process was killed, or that was given up, is under way so long. Far longer than a
#: transaction and the reading of a page together: what is read before the end of one isn't kept after it.
LONGEST_CHANGE = timedelta(minutes=5)
#: Versions and changes of a storefront that nobody opens are forgotten after this time.
KEPT = timedelta(days=7)
#: A page that took longer to make isn't kept.
LONGEST_FILL = 30.0
#: A server that hangs costs one page in so many seconds its time-out, not each of them.
PAUSE = 2.0
_log = structlog.get_logger(__name__)

# KEYS: version, changes, page. ARGV: the version that the page was made under, now, the page, the
# milliseconds that it may be shown, KEPT.
_KEEP = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[2])
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('SET', KEYS[3], ARGV[1] .. ARGV[3], 'PX', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
"""
_VERSION_BYTES = 8
_VERSION = 2 * _VERSION_BYTES


class _Away:
    """Until when (monotonic seconds) this process doesn't look for pages."""

    until = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """What was there of a page: `entry`, or None; and under which version a new one may be kept."""

    tenant_id: UUID
    key: str
    version: bytes
    looked_at: float
    entry: bytes | None


def version_key(tenant_id: UUID) -> str:
    """Where the version is kept."""
    return f"{tenant_id}:pages:version"


def changes_key(tenant_id: UUID) -> str:
    """Where the changes under way are kept: a sorted set, by the second at which each is given up."""
    return f"{tenant_id}:pages:changes"


def look_up(tenant_id: UUID, name: str) -> Found | None:
    """The page of this name as it is kept, in one round trip; None while Valkey is away.

    A server that was started anew knows none of the pages from before: what was changed while it was
    away could not be told to it.
    """
    if time.monotonic() < _Away.until:
        return None
    try:
        return _look_up(tenant_id, name)
    except redis.RedisError as error:
        _give_up(error)
        return None


def keep(found: Found, entry: bytes, *, now: datetime, until: datetime) -> bool:
    """Keep a page that was made after `found`, up to the moment `until`; False if it must not be, because
    something was changed since, is being changed, or Valkey is away.
    """
    milliseconds = int((until - now).total_seconds() * 1000)
    if milliseconds <= 0 or time.monotonic() - found.looked_at > LONGEST_FILL:
        return False
    keys = (version_key(found.tenant_id), changes_key(found.tenant_id), found.key)
    kept = int(KEPT.total_seconds())
    arguments = (found.version, now.timestamp(), entry, milliseconds, kept)
    try:
        done = cast("Any", valkey.pages()).eval(_KEEP, len(keys), *keys, *arguments)
    except redis.RedisError as error:
        _give_up(error)
        return False
    return bool(done)


def begin_change(tenant_id: UUID, *, now: datetime) -> str:
    """Forget the pages and keep none until `end_change`. Answers the change's token. Raises
    redis.RedisError.
    """
    token = secrets.token_hex(8)
    with valkey.page_changes().pipeline() as message:
        message.set(version_key(tenant_id), _new_version(), ex=KEPT)
        message.zadd(changes_key(tenant_id), {token: (now + LONGEST_CHANGE).timestamp()})
        message.expire(changes_key(tenant_id), KEPT)
        message.execute()
    return token


def end_change(tenant_id: UUID, token: str) -> None:
    """The change is committed: forget what was read before it. Raises redis.RedisError."""
    with valkey.page_changes().pipeline() as message:
        message.set(version_key(tenant_id), _new_version(), ex=KEPT)
        message.zrem(changes_key(tenant_id), token)
        message.execute()


def _look_up(tenant_id: UUID, name: str) -> Found:
    looked_at = time.monotonic()
    pool = valkey.pages().connection_pool
    connection: Any = pool.get_connection()
    try:
        key = f"{tenant_id}:pages:{valkey.run_of(connection)}:{name}"
        version, page = _asked(connection, "MGET", version_key(tenant_id), key)
        if version is None:
            version = _first_version(connection, tenant_id)
            page = None
    except BaseException:
        connection.disconnect()
        raise
    finally:
        pool.release(connection)
    is_of_now = page is not None and page.startswith(version)
    return Found(tenant_id, key, version, looked_at, page[_VERSION:] if is_of_now else None)


def _first_version(connection: Any, tenant_id: UUID) -> bytes:
    """There was none, or it was evicted: the first of those who come now says."""
    offered = _new_version()
    kept = int(KEPT.total_seconds())
    words = ("SET", version_key(tenant_id), offered, "NX", "GET", "EX", kept)
    return cast("bytes | None", _asked(connection, *words)) or offered.encode()


def _asked(connection: Any, *words: str | int) -> Any:
    connection.send_command(*words)
    return connection.read_response()


def _new_version() -> str:
    return secrets.token_hex(_VERSION_BYTES)


def _give_up(error: Exception) -> None:
    _Away.until = time.monotonic() + PAUSE
    _log.warning("pages_not_kept", error=f"{type(error).__name__}: {error}")
