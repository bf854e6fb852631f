"""From a host name to its tenant, through the cache.

An entry is valid only with the generation it was read under. Whoever changes a tenant or a domain
raises the generation after the commit (`forget_hosts`), so a reader that fetched the old row just
before can't put it back. It also announces the change: until then a process uses what it has read,
without asking, so a suspension is seen by the next request, on every process. With Valkey away, the
database answers.
"""

import hashlib
import json
import time
from typing import Any
from uuid import UUID

import redis
import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.dateparse import parse_datetime

from tenants import scopes
from tenants.gateways import valkey
from tenants.gateways.announcements import Announcements, announce
from tenants.models import Domain, Tenant

_GENERATION = "hosts:generation"
_CHANGED = "hosts:changed"
_SECONDS = 60
_MOST = 2048
_FIELDS = [field.attname for field in Tenant._meta.concrete_fields]
# Releases with other fields run side by side during a deployment: neither reads the other's entries.
_FORMAT = hashlib.sha256(" ".join(_FIELDS).encode()).hexdigest()[:8]
#: A server that hangs costs one request in so many seconds its time-out, not each of them.
_PAUSE = 2.0
_log = structlog.get_logger(__name__)


class _Away:
    """Until when (monotonic seconds) this process doesn't ask the cache."""

    until = 0.0


_away = _Away()
_announcements = Announcements(_CHANGED)
#: Key → the announcements' epoch that the row was read under, and the row.
_kept: dict[str, tuple[int, list[Any]]] = {}


def tenant_of_host(host: str) -> Tenant | None:
    """The tenant that a normalised host name leads to, or None."""
    return _through_cache(f"hosts:{_FORMAT}:host:{host}", {"domains__domain": host})


def tenant_of_slug(slug: str) -> Tenant | None:
    """The tenant with this slug, or None."""
    return _through_cache(f"hosts:{_FORMAT}:slug:{slug}", {"slug": slug})


def is_former(host: str) -> bool:
    """Whether a host name leads to a tenant that has another one for it by now. One query."""
    with scopes.public():
        return bool(Domain.objects.filter(domain=host, is_primary=False).exists())


def forget_hosts() -> None:
    """Make every process look up hosts anew. Call it after the commit."""
    try:
        valkey.hosts().incr(_GENERATION)
        announce(_CHANGED)
    except redis.RedisError:
        _log.warning("hosts_not_forgotten", seconds=_SECONDS)


def _through_cache(key: str, lookup: dict[str, str]) -> Tenant | None:
    if time.monotonic() < _away.until:
        return _from_database(lookup)
    try:
        epoch = _announcements.epoch()
        kept = _kept.get(key)
        if kept is not None and kept[0] == epoch:
            return _from_values(kept[1])
        generation, entry = valkey.hosts().mget(_GENERATION, key)
    except redis.RedisError:
        _away.until = time.monotonic() + _PAUSE
        return _from_database(lookup)
    stamp = str(generation or 0)
    if entry is not None:
        entry_stamp, _, text = str(entry).partition(" ")
        if entry_stamp == stamp:
            values = _parsed(text)
            _keep(key, epoch, values)
            return _from_values(values)
    tenant = _from_database(lookup)
    if tenant is not None:  # unknown names are not kept: a stranger could fill the cache with them
        text = _to_text(tenant)
        _keep(key, epoch, _parsed(text))
        _remember(key, f"{stamp} {text}")
    return tenant


def _keep(key: str, epoch: int, values: list[Any]) -> None:
    if len(_kept) >= _MOST:
        _kept.clear()
    _kept[key] = (epoch, values)


def _remember(key: str, entry: str) -> None:
    try:
        valkey.hosts().set(key, entry, ex=_SECONDS)
    except redis.RedisError:
        _log.warning("host_not_cached")


def _from_database(lookup: dict[str, str]) -> Tenant | None:
    with scopes.public():
        tenant: Tenant | None = Tenant.objects.filter(**lookup).first()
    return tenant


def _to_text(tenant: Tenant) -> str:
    return json.dumps([getattr(tenant, name) for name in _FIELDS], cls=DjangoJSONEncoder)


def _parsed(text: str) -> list[Any]:
    values: dict[str, Any] = dict(zip(_FIELDS, json.loads(text), strict=True))
    values["id"] = UUID(values["id"])
    for name in ("created_at", "status_changed_at"):
        values[name] = values[name] and parse_datetime(values[name])
    return list(values.values())


def _from_values(values: list[Any]) -> Tenant:
    """A tenant of the request's own."""
    tenant: Tenant = Tenant.from_db("default", _FIELDS, values)
    tenant.languages = list(tenant.languages)  # the row is shared between requests
    return tenant
