"""Which version of a tenant's public pages may be kept, in the Valkey that may evict.

The version is a random word, so one that was evicted never comes back. While a change is under way
nothing may be kept: a page read meanwhile may be the old one or the new one.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

import redis
import structlog

from tenants.gateways import valkey

_log = structlog.get_logger(__name__)

#: A change whose process was killed is under way so long; transactions are shorter.
LONGEST_CHANGE = timedelta(minutes=2)
#: Versions and changes of a storefront that nobody opens are forgotten after this time.
KEPT = timedelta(days=7)


def version_key(tenant_id: UUID) -> str:
    """Where the version is kept."""
    return f"{tenant_id}:pages:version"


def changes_key(tenant_id: UUID) -> str:
    """Where the changes under way are kept: a sorted set, by the second at which each is given up."""
    return f"{tenant_id}:pages:changes"


def begin_change(tenant_id: UUID, *, now: datetime) -> str:
    """Forget the pages and keep none until `end_change`. Answers the change's token. A Valkey that is
    away is no reason to refuse a change: then nobody reads pages from it either, and each is kept for
    minutes only.
    """
    token = secrets.token_hex(8)
    try:
        with valkey.cache().pipeline() as message:
            message.set(version_key(tenant_id), secrets.token_hex(8), ex=KEPT)
            message.zadd(changes_key(tenant_id), {token: (now + LONGEST_CHANGE).timestamp()})
            message.expire(changes_key(tenant_id), KEPT)
            message.execute()
    except redis.RedisError as error:
        _log.warning("pages_not_forgotten", error=str(error))
    return token


def end_change(tenant_id: UUID, token: str) -> None:
    """The change is committed: forget what was read before it."""
    try:
        with valkey.cache().pipeline() as message:
            message.set(version_key(tenant_id), secrets.token_hex(8), ex=KEPT)
            message.zrem(changes_key(tenant_id), token)
            message.execute()
    except redis.RedisError as error:
        _log.warning("pages_not_forgotten", error=str(error))
