"""Django's cache, with every key under the tenant in force."""

from typing import Any

from django.core.cache.backends.redis import RedisCache

from tenants import scopes


class ScopedRedisCache(RedisCache):
    """Keys begin with the tenant's id, or with `public` or `platform`. No scope: NoScopeError."""

    def make_key(self, key: Any, version: int | None = None) -> str:
        """`{tenant id}:{version}:{key}`."""
        return f"{scopes.current().key}:{version or self.version}:{key}"

    def clear(self) -> bool:  # type: ignore[override]  # the stubs' None is wrong: Django returns a bool
        """Delete the keys of the scope in force, not everybody's."""
        client = self._cache.get_client(write=True)  # type: ignore[attr-defined]  # Django's own
        keys = list(client.scan_iter(match=f"{scopes.current().key}:*", count=1000))
        if keys:
            client.delete(*keys)
        return True
