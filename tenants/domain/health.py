"""Whether what this process needs is there."""

import redis
from django.db import DatabaseError, connection

from tenants import scopes
from tenants.domain.release import public_fingerprint, tenant_fingerprint
from tenants.gateways import valkey


def checks() -> dict[str, str]:
    """`ok` or `failed` for the database, the cache servers and the migrations of this release."""
    database, migrations = _database()
    return {"database": database, "cache": _valkey(), "migrations": migrations}


def _database() -> tuple[str, str]:
    try:
        with scopes.public(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            database = "ok"
            cursor.execute(
                "SELECT count(*) FROM schema_releases"
                " WHERE fingerprint = %s AND public_fingerprint = %s",
                [tenant_fingerprint(), public_fingerprint()],
            )
            return database, "ok" if cursor.fetchone()[0] else "failed"
    except DatabaseError:
        return "ok" if _answers() else "failed", "failed"


def _answers() -> bool:
    """Whether the database answers at all: its tables may not be there yet."""
    try:
        connection.close_if_unusable_or_obsolete()
        with scopes.public(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return False
    return True


def _valkey() -> str:
    try:
        for client in (valkey.counters(), valkey.cache()):
            client.ping()
    except redis.RedisError:
        return "failed"
    return "ok"
