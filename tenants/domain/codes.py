"""Codes that prove an address: six digits by e-mail, used once, within ten minutes (OWASP ASVS 5.0,
V6.5: single use, at most 10 minutes for codes out of band).

Only a keyed hash is kept. Five wrong guesses spend every code that waits for the same address and
purpose.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.crypto import salted_hmac

from tenants.domain import outbox
from tenants.enums import CodePurpose
from tenants.gateways.encryption import encrypt
from tenants.models import OneTimeCode, User

LIFETIME = timedelta(minutes=10)
GUESSES = 5
#: For so long after it was sent a sign-up's code can be sent again.
PATIENCE = timedelta(hours=1)


def send_code(
    purpose: CodePurpose,
    *,
    email: str,
    language: str,
    now: datetime,
    user: User | None = None,
    payload: dict[str, Any] | None = None,
) -> OneTimeCode:
    """Write a new code and the event that mails it to `email`. In the public scope; earlier codes stay
    good. `payload` is what using the code brings about.
    """
    code = f"{secrets.randbelow(10**6):06}"
    with transaction.atomic():
        row = OneTimeCode(
            purpose=purpose,
            email=email.lower(),
            user=user,
            payload=payload or {},
            created_at=now,
            expires_at=now + LIFETIME,
        )
        row.code_hash = _hash(row, code)
        row.save(force_insert=True)
        outbox.enqueue_for_person(
            f"identity.{purpose}_code",
            {"email": email, "language": language, "code": encrypt(code), "id": str(row.id)},
        )
    return row


def take_code(purpose: CodePurpose, *, email: str, code: str, now: datetime) -> OneTimeCode | None:
    """Use up the code that was sent to `email`, with all others that wait there; None if it is wrong.

    In the public scope, in the caller's transaction if there is one: who gets None must let it commit,
    since the guess is counted.
    """
    with transaction.atomic():
        waiting = list(waiting_codes(purpose, email=email, now=now).select_for_update())
        found = next((row for row in waiting if _matches(row, code)), None)
        rows: QuerySet[OneTimeCode] = OneTimeCode.objects.filter(id__in=[row.id for row in waiting])
        if found is None:
            rows.update(attempts=F("attempts") + 1)
        else:
            rows.update(used_at=now)
    return found


def void_codes(user: User, *, now: datetime) -> None:
    """Nothing that was sent to a person is good any more: their address or password has changed. In the
    public scope.
    """
    OneTimeCode.objects.filter(user=user, used_at=None).update(used_at=now)


def purge_codes(*, now: datetime) -> int:
    """Delete codes that nothing can be done with any more, and what was chosen with them; how many.
    In the public scope.
    """
    return int(OneTimeCode.objects.filter(expires_at__lt=now - PATIENCE).delete()[0])


def waiting_codes(purpose: CodePurpose, *, email: str, now: datetime) -> QuerySet[OneTimeCode]:
    """The codes that could still be used, newest first."""
    waiting: QuerySet[OneTimeCode] = OneTimeCode.objects.filter(
        purpose=purpose, email=email.lower(), used_at=None, expires_at__gt=now, attempts__lt=GUESSES
    )
    return waiting.order_by("-created_at", "id")


def _matches(row: OneTimeCode, code: str) -> bool:
    return hmac.compare_digest(row.code_hash, _hash(row, code))


def _hash(row: OneTimeCode, code: str) -> str:
    # The row's id is part of it, so equal codes have different hashes.
    return salted_hmac(
        f"code/{row.id}", code, secret=settings.SECRET_KEY, algorithm="sha256"
    ).hexdigest()
