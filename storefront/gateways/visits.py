"""Visits in Valkey: who is on which visit now, and what has yet to be written to the database.

All of it lies in the Valkey that never evicts. A visitor's visit is a key that lives for half an hour
after their last page; a tenant's buffer is a hash, visit → `{views}|{milliseconds}|{record}`, of those
that were new or had another page since they were written. Keys begin with the tenant's id.
"""

import os
import secrets
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import redis
import structlog

from tenants.gateways import valkey

#: A visit is over when nothing was opened for so long: seconds.
IDLE = 30 * 60
#: Visits that a tenant's buffer holds at most, should nobody write them: what comes then is lost, so
#: that the broker, which lives in the same memory, is not.
MOST_WAITING = 50_000
#: After a failure nothing is tried for so long: seconds.
PAUSE = 5.0
#: Messages on their way without an answer, at most: a server that hangs is not waited for.
_MOST_UNANSWERED = 64
_WAITING = "platform:visits:waiting"
_SALT_AGE = 60.0  # seconds
_log = structlog.get_logger(__name__)

# KEYS: the visitor's visit by today's hash and by yesterday's, the tenant's buffer, the tenants that
# wait. ARGV: milliseconds, campaign, id and record of a visit that would begin now, tenant, IDLE,
# MOST_WAITING.
_SEE = """
local key, visit = KEYS[1], redis.call('HMGET', KEYS[1], 'id', 'campaign', 'record')
if not visit[1] then
  local before = redis.call('HMGET', KEYS[2], 'id', 'campaign', 'record')
  if before[1] then key, visit = KEYS[2], before end
end
local views = 1
if visit[1] and (ARGV[2] == '' or ARGV[2] == visit[2]) then
  views = redis.call('HINCRBY', key, 'views', 1)
else
  key, visit = KEYS[1], {ARGV[3], ARGV[2], ARGV[4]}
  redis.call('HSET', key, 'id', visit[1], 'campaign', visit[2], 'record', visit[3], 'views', 1)
end
redis.call('EXPIRE', key, ARGV[6])
local value = views .. '|' .. ARGV[1] .. '|' .. visit[3]
if redis.call('HEXISTS', KEYS[3], visit[1]) == 1
    or redis.call('HLEN', KEYS[3]) < tonumber(ARGV[7]) then
  redis.call('HSET', KEYS[3], visit[1], value)
  redis.call('SADD', KEYS[4], ARGV[5])
end
return value
"""

# KEYS: the tenant's buffer, the tenants that wait. ARGV: the tenant, then field and value in turn.
# What has had another page meanwhile stays.
_ACKNOWLEDGE = """
for place = 2, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[place]) == ARGV[place + 1] then
    redis.call('HDEL', KEYS[1], ARGV[place])
  end
end
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SREM', KEYS[2], ARGV[1]) end
"""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A page that was opened, and the visit that begins with it unless one goes on.

    `visitors`: the visitor's hash of today and of yesterday.
    """

    tenant_id: UUID
    visitors: tuple[str, str]
    milliseconds: int
    campaign: str
    visit_id: str
    record: str

    def arguments(self) -> list[str]:
        """Keys and arguments of `_SEE`."""
        tenant = str(self.tenant_id)
        return [
            *(f"{tenant}:visit:{visitor}" for visitor in self.visitors),
            _buffer(self.tenant_id),
            _WAITING,
            str(self.milliseconds),
            self.campaign,
            self.visit_id,
            self.record,
            tenant,
            str(IDLE),
            str(MOST_WAITING),
        ]


def ask(sighting: Sighting) -> str | None:
    """Count the page, and say which visit it is of, as it stands in the buffer; None with Valkey away."""
    if not stream.is_trusted():
        return None
    try:
        return cast("str", valkey.hasty_counters().eval(_SEE, 4, *sighting.arguments()))
    except redis.RedisError as error:
        stream.distrust(error)
        return None


def waiting() -> list[UUID]:
    """The tenants whose buffers hold something. Raises redis.RedisError."""
    return sorted(map(UUID, cast("set[str]", valkey.counters().smembers(_WAITING))))


def take(tenant_id: UUID, amount: int) -> dict[str, str]:
    """Some of a tenant's buffer, which keeps them until acknowledged. Raises redis.RedisError."""
    found: Any = valkey.counters().hrandfield(_buffer(tenant_id), amount, withvalues=True)
    pairs: Sequence[str] = found or []
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


def acknowledge(tenant_id: UUID, entries: Mapping[str, str]) -> None:
    """Drop entries that are written, as they were taken. Raises redis.RedisError."""
    pairs = (text for entry in entries.items() for text in entry)
    valkey.counters().eval(_ACKNOWLEDGE, 2, _buffer(tenant_id), _WAITING, str(tenant_id), *pairs)


def forget(tenant_id: UUID) -> None:
    """Drop the buffer of a tenant that is no more. Raises redis.RedisError."""
    client = valkey.counters()
    client.delete(_buffer(tenant_id))
    client.srem(_WAITING, str(tenant_id))


def _buffer(tenant_id: UUID) -> str:
    return f"{tenant_id}:visits"


class Salts:
    """The salt of each day, the same in every process, and gone two days later.

    A process puts the salts that it knows back where a flush has lost them, so visits go on; where nobody
    knows the day's salt any more there is a new one, and the same people count once more. Never are two
    of them taken for one.
    """

    def __init__(self) -> None:
        self._known: dict[date, tuple[str, float]] = {}

    def of(self, day: date, *, until: datetime) -> str | None:
        """The salt of `day`, as hexadecimal digits; kept until `until`. None if Valkey is away and this
        process has never heard it.
        """
        known, heard = self._known.get(day, ("", 0.0))
        if known and time.monotonic() - heard < _SALT_AGE:
            return known
        if not stream.is_trusted():
            return known or None
        offered = known or secrets.token_hex(16)
        try:
            found = valkey.hasty_counters().set(
                f"platform:visits:salt:{day}", offered, nx=True, get=True, exat=until
            )
        except redis.RedisError as error:
            stream.distrust(error)
            return known or None
        # One assignment: threads may be here at once, and see the old or the new.
        # Today's and yesterday's, so that midnight splits no visit.
        kept = {old: value for old, value in self._known.items() if (day - old).days <= 1}
        self._known = {**kept, day: (cast("str | None", found) or offered, time.monotonic())}
        return self._known[day][0]


class Stream:
    """One process's connection for what needs no answer: pages don't wait for Valkey.

    Asking costs a twentieth of a page, most of it for two switches between processes. Here the message is
    put into the socket, and its answer is looked at when the next one is sent.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: Any = None
        self._process = 0
        self._unanswered = 0
        self._silent_until = 0.0
        self._script = ""

    def is_trusted(self) -> bool:
        """Whether Valkey may be bothered: no failure in the last `PAUSE` seconds."""
        return time.monotonic() >= self._silent_until

    def distrust(self, error: Exception) -> None:
        """Leave Valkey alone for a while."""
        self._silent_until = time.monotonic() + PAUSE
        _log.warning("visits_lost", error=f"{type(error).__name__}: {error}")

    def send(self, sighting: Sighting) -> None:
        """Count the page, or lose it: with Valkey away, slow or full it is dropped and logged."""
        with self._lock:
            if not self.is_trusted():
                return
            try:
                self._deliver(sighting)
            except (redis.RedisError, OSError) as error:
                self._process = 0
                self.distrust(error)

    def settle(self) -> None:
        """Wait until all that was sent is counted. Raises redis.RedisError."""
        with self._lock:
            while self._process == os.getpid() and self._unanswered:
                self._unanswered -= 1
                self._connection.read_response()

    def _deliver(self, sighting: Sighting) -> None:
        try:
            self._try(sighting)
        except (redis.ConnectionError, redis.exceptions.NoScriptError):
            # The server was started anew since; what it was sent last is lost.
            self._process = 0
            self._try(sighting)

    def _try(self, sighting: Sighting) -> None:
        self._connect()
        self._read_answers()
        if self._unanswered < _MOST_UNANSWERED:
            self._send(sighting)

    def _send(self, sighting: Sighting) -> None:
        # By hand: the client's own packing takes as long as all the rest.
        words = ["EVALSHA", self._script, "4", *sighting.arguments()]
        self._connection.send_packed_command([_packed(words)], check_health=False)
        self._unanswered += 1

    def _connect(self) -> None:
        if self._process == os.getpid():
            return
        if self._connection is not None and not self._process:
            self._connection.disconnect()
        else:
            self._connection = valkey.hasty_counters().connection_pool.make_connection()
        self._unanswered = 0
        self._connection.send_command("SCRIPT", "LOAD", _SEE)
        self._script = self._connection.read_response()
        self._process = os.getpid()

    def _read_answers(self) -> None:
        while self._unanswered and self._connection.can_read(timeout=0):
            self._unanswered -= 1
            # Raises what the server answered: its script is gone, its memory full.
            self._connection.read_response()


def _packed(words: Iterable[str]) -> bytes:
    parts = [word.encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(one), one) for one in parts)


stream = Stream()
salts = Salts()
