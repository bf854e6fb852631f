"""Visits: counted as pages are opened, written in batches, named by a submission."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_bytes
from typing import Any, Self
from uuid import UUID

import structlog
from django.core import signing
from django.db import DataError, IntegrityError, connection, transaction

from storefront.domain.arrivals import arrival_of
from storefront.domain.bots import is_bot
from storefront.domain.visitors import visitor_of
from storefront.gateways import visits as gateway
from storefront.gateways.visits import Sighting
from storefront.models import Visit
from storefront.requests import PageView
from tenants import scopes
from tenants.domain.days import day_of
from tenants.domain.release import tenant_fingerprint
from tenants.models import Tenant

#: How long a visit may be named by a submission, from the moment its token was made: seconds.
KEPT = 24 * 3600
#: Characters of the longest token that is looked at.
LONGEST_TOKEN = 4096
#: Visits that are written by one statement.
BATCH = 500
_MOST_BATCHES = 100
_COLUMNS = [field.attname for field in Visit._meta.concrete_fields]
_log = structlog.get_logger(__name__)


class BrokenRecordError(Exception):
    """What should describe a visit doesn't."""


@dataclass(frozen=True, slots=True)
class SeenVisit:
    """A visit as it is known before it is written; `record` has the columns that don't change."""

    views: int
    last_seen: int
    record: dict[str, Any]

    @classmethod
    def parse(cls, text: str) -> Self:
        """The visit that the buffer's text describes. Raises BrokenRecordError."""
        try:
            views, last_seen, record = text.split("|", 2)
            return cls(int(views), int(last_seen), json.loads(record))
        except ValueError as error:
            raise BrokenRecordError(text) from error

    def row(self) -> Visit:
        """The row. Raises BrokenRecordError."""
        told = self.record
        try:
            started = _moment(told["started"])
            return Visit(
                **{name: told[name] for name in _COLUMNS if name in told and name not in _OWN},
                id=UUID(told["id"]),
                visitor=bytes.fromhex(told["visitor"]),
                started_at=started,
                local_day=day_of(started),
                last_seen_at=_moment(self.last_seen),
                pageviews=self.views,
            )
        except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
            raise BrokenRecordError(told) from error


_OWN = frozenset({"id", "visitor", "started_at", "local_day", "last_seen_at", "pageviews"})


def see(view: PageView, *, now: datetime) -> None:
    """Count a page that was opened, without waiting for anything. In the tenant's scope."""
    sighting = _sighting(view, now=now)
    if sighting:
        gateway.stream.send(sighting)


def begin_submission(view: PageView, *, now: datetime) -> str:
    """Count a page from which something can be submitted. Returns the visit's token, for the submission
    to bring along; empty if visits can't be counted now.
    """
    sighting = _sighting(view, now=now)
    seen = gateway.ask(sighting) if sighting else None
    return _signed(SeenVisit.parse(seen).record) if seen else ""


def announce(view: PageView, *, now: datetime) -> str:
    """Count a page of a client that renders its own. Returns the token of the visit; while visits can't
    be counted, of one that will be there once something is submitted with it.
    """
    return begin_submission(view, now=now) or uncounted(view, now=now)


def uncounted(view: PageView, *, now: datetime) -> str:
    """The token of a visit that began with this page, of somebody who is never seen again."""
    return _signed(_record(view, visitor=token_bytes(16).hex(), now=now))


def visit_of_submission(token: str) -> UUID | None:
    """The id of the visit that a submission's token names, written if nobody has written it yet.

    None for no token, a forged one, another tenant's, one older than a day: whoever submits something
    has done nothing wrong, so it is taken all the same, and counted as unattributed.
    """
    if not token or len(token) > LONGEST_TOKEN:
        return None
    try:
        record = _signer().unsign_object(token, max_age=KEPT)
        visit = SeenVisit(1, record["started"], record).row()
    except (signing.BadSignature, BrokenRecordError, KeyError, TypeError, ValueError):
        return None
    Visit.objects.bulk_create([visit], ignore_conflicts=True)
    return visit.id


def write_waiting() -> int:
    """Write what the tenant in force has in its buffer; how many visits. Raises redis.RedisError.

    Written first and acknowledged then, and writing again changes nothing: whoever is killed between the
    two, or works beside another, loses and doubles nothing.
    """
    tenant_id = scopes.current_tenant_id()
    written = 0
    for _ in range(_MOST_BATCHES):
        entries = gateway.take(tenant_id, BATCH)
        visits = [visit for text in entries.values() if (visit := _row(text))]
        _write(visits)
        if entries:
            gateway.acknowledge(tenant_id, entries)
        written += len(visits)
        if len(entries) < BATCH:
            break
    return written


def tenants_that_wait() -> list[UUID]:
    """The tenants with visits to be written. In the platform's scope. Raises redis.RedisError.

    One whose schema isn't at this release keeps its buffer; that of one that is no more is dropped.
    """
    waiting = gateway.waiting()
    if not waiting:
        return []
    known = dict(Tenant.objects.filter(id__in=waiting).values_list("id", "schema_fingerprint"))
    for gone in set(waiting) - set(known):
        gateway.forget(gone)
    return [key for key in waiting if known.get(key) == tenant_fingerprint()]


def _sighting(view: PageView, *, now: datetime) -> Sighting | None:
    tenant_id = scopes.current_tenant_id()
    visitors = visitor_of(
        tenant_id=tenant_id, address=view.address, user_agent=view.user_agent, now=now
    )
    if visitors is None:
        return None
    record = _record(view, visitor=visitors[0], now=now)
    return Sighting(
        tenant_id=tenant_id,
        visitors=visitors,
        milliseconds=record["started"],
        campaign=_arrival(view).campaign,
        visit_id=record["id"],
        record=json.dumps(record, ensure_ascii=False, separators=(",", ":")),
    )


def _record(view: PageView, *, visitor: str, now: datetime) -> dict[str, Any]:
    milliseconds = int(now.timestamp() * 1000)
    return {
        "id": new_id(milliseconds).hex,
        "visitor": visitor,
        "started": milliseconds,
        "language": view.language,
        "is_bot": is_bot(view.user_agent),
        **_arrival(view).columns,
    }


def _arrival(view: PageView) -> Any:
    return arrival_of(path=view.path, query=view.query, referrer=view.referrer, host=view.host)


def new_id(milliseconds: int) -> UUID:
    """An id that begins with its time, as UUID version 7 does (RFC 9562)."""
    number = milliseconds << 80 | int.from_bytes(token_bytes(10))
    number = number & ~(0xF << 76) | 0x7 << 76
    return UUID(int=number & ~(0x3 << 62) | 0x2 << 62)


def _row(text: str) -> Visit | None:
    try:
        return SeenVisit.parse(text).row()
    except BrokenRecordError:
        _log.exception("visit_unreadable")
        return None


def _write(visits: list[Visit]) -> None:
    """Write visits, new or known. One that the database refuses takes no other with it."""
    try:
        _upsert(visits)
    except (DataError, IntegrityError):
        if len(visits) == 1:
            _log.exception("visit_refused", visit=str(visits[0].id))
            return
        for visit in visits:
            _write([visit])


def _upsert(visits: list[Visit]) -> None:
    """In the order of their ids, so that two who write the same ones don't wait for each other. What only
    ever grows is not set back by who is late.
    """
    if not visits:
        return
    rows = sorted(visits, key=lambda visit: visit.id)
    fields = Visit._meta.concrete_fields
    values = [
        field.get_db_prep_save(getattr(visit, field.attname), connection)
        for visit in rows
        for field in fields
    ]
    row = f"({', '.join(['%s'] * len(fields))})"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO utm_visits ({', '.join(_COLUMNS)})"  # noqa: S608 (a model's columns)
            f" VALUES {', '.join([row] * len(rows))}"
            " ON CONFLICT (id) DO UPDATE SET"
            " pageviews = GREATEST(utm_visits.pageviews, EXCLUDED.pageviews),"
            " last_seen_at = GREATEST(utm_visits.last_seen_at, EXCLUDED.last_seen_at)",
            values,
        )


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)


def _signed(record: dict[str, Any]) -> str:
    return _signer().sign_object(record, compress=True)


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"visit:{scopes.current_tenant_id()}")
