"""Who a visitor is, for a day: a hash that nobody can turn back into an address."""

from datetime import date, datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from storefront.gateways.visits import salts
from tenants.domain.days import day_end, day_of

_DAY = timedelta(days=1)


def visitor_of(
    *, tenant_id: UUID, address: str, user_agent: str, now: datetime
) -> tuple[str, str] | None:
    """The visitor's hash of today and of yesterday: whoever is here at midnight is known by the second.

    Address and user agent under the day's salt, so that the same person is another tomorrow, and at
    another tenant. None if no salt can be had.
    """
    today = day_of(now)
    new, old = _salt(today), _salt(today - _DAY)
    if new is None or old is None:
        return None
    person = f"{tenant_id}\0{address}\0{user_agent}".encode(errors="replace")
    return _hash(new, person), _hash(old, person)


def _salt(day: date) -> str | None:
    return salts.of(day, until=day_end(day + _DAY))


def _hash(salt: str, person: bytes) -> str:
    return blake2b(person, key=salt.encode(), digest_size=16).hexdigest()
