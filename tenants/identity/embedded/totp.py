"""Time-based codes (RFC 6238) on allauth's authenticators.

allauth notes a used code in the cache for 30 seconds, and a cache may forget; here the step of the last
code is kept with the secret, under the row's lock. A code is good for its own step and the ones before
and after (`MFA_TOTP_TOLERANCE`), and never twice.
"""

import hmac
from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt, encrypt
from django.core.cache import cache
from django.db import transaction

from tenants.gateways.encryption import BrokenSecretError
from tenants.models import User

#: Seconds that a new secret waits to be confirmed.
PATIENCE = 15 * 60
_STEP = "last_step"


def is_enrolled(user: User) -> bool:
    """Whether the person has a second factor. In the public scope, as all here."""
    return bool(_authenticators(user).exists())


def new_secret() -> str:
    """A TOTP secret (base 32) of nobody's yet."""
    secret: str = generate_totp_secret()
    return secret


def begin(user: User) -> str:
    """A new secret, kept aside until it is confirmed."""
    secret = new_secret()
    cache.set(_aside(user), encrypt(secret), PATIENCE)
    return secret


def confirm(user: User, code: str) -> bool:
    """Take the secret kept aside if the code is right. The code is used up by that."""
    kept = cache.get(_aside(user))
    if kept is None:
        return False
    try:
        step = _step_of(decrypt(kept), code)
    except BrokenSecretError:
        return False
    if step is None:
        return False
    enrol(user, decrypt(kept), last_step=step)
    cache.delete(_aside(user))
    return True


def enrol(user: User, secret: str, *, last_step: int = 0) -> None:
    """Make `secret` (base 32) the person's second factor."""
    Authenticator.objects.update_or_create(
        user=user,
        type=Authenticator.Type.TOTP,
        defaults={"data": {"secret": encrypt(secret), _STEP: last_step}},
    )


def use(user: User, code: str) -> bool:
    """Whether the code is right and was not used before; it is from now on."""
    with transaction.atomic():
        row = _authenticators(user).select_for_update().first()
        if row is None:
            return False
        step = _step_of(decrypt(row.data["secret"]), code, after=row.data.get(_STEP, 0))
        if step is None:
            return False
        row.data[_STEP] = step
        row.save(update_fields=["data"])
        row.record_usage()
    return True


def disable(user: User) -> None:
    """Forget the second factor."""
    _authenticators(user).delete()
    cache.delete(_aside(user))


def current_code(secret: str, *, offset: int = 0) -> str:
    """The code of now, or of `offset` steps later: what an authenticator app shows."""
    counters = list(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, counters[len(counters) // 2] + offset)))


def _step_of(secret: str, code: str, *, after: int = 0) -> int | None:
    """The step that the code is of, if it is a later one than `after`."""
    steps: Iterable[int] = yield_hotp_counters_from_time()
    found = None
    for step in steps:  # all of them: the time must not tell which
        expected = str(format_hotp_value(hotp_value(secret, step)))
        if hmac.compare_digest(expected.encode(), code.encode()) and step > after:
            found = step
    return found


def _authenticators(user: User) -> Any:
    return Authenticator.objects.filter(user_id=user.id, type=Authenticator.Type.TOTP)


def _aside(user: User) -> str:
    return f"totp-aside:{user.id}"
