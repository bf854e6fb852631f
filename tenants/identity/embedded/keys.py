"""The keys that the embedded engine signs with: made, published, rotated.

A key is published `LEAD` before it signs, so that whoever verifies knows it by then, and stays published
until the last token it signed has expired.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

import redis
import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.crypto import get_random_string
from jwt.algorithms import RSAAlgorithm

from tenants import scopes
from tenants.gateways.announcements import announce
from tenants.gateways.encryption import decrypt, encrypt
from tenants.models import SigningKey

_log = structlog.get_logger(__name__)
#: Longer than a verifier keeps what it has fetched.
LEAD = timedelta(minutes=10)
#: Longer than an access token lasts.
TRAIL = timedelta(hours=1)
#: Announced when keys are made or retired.
CHANGED = "keys:changed"
_LOCK = 5_101_966  # an advisory lock's name: two processes must not both make the first key


def signing_key(now: datetime) -> SigningKey:
    """The key to sign with now; the first is made on first use. Enters the public scope."""
    with scopes.public():
        found = _usable(now).filter(signs_from__lte=now).order_by("-signs_from").first()
        return found or _first_key(now)


def published_keys(now: datetime) -> list[dict[str, Any]]:
    """The JWKs of all keys that signatures may be of. Enters the public scope; one query."""
    signing_key(now)
    with scopes.public():
        return list(_usable(now).order_by("-signs_from").values_list("public_key", flat=True))


def rotate(*, now: datetime, at_once: bool) -> SigningKey:
    """Make a new key. It signs after `LEAD`, and the others go `TRAIL` later; `at_once`, for a key that
    was stolen, it signs now and the others, with all that they signed, are good no more.
    """
    with scopes.public(), transaction.atomic():
        signs_from = now if at_once else now + LEAD
        if at_once:  # those as well that an earlier rotation lets go later
            _usable(now).update(retired_at=now)
        else:
            SigningKey.objects.filter(retired_at=None).update(retired_at=signs_from + TRAIL)
        transaction.on_commit(_announce_change)
        return _make(now=now, signs_from=signs_from)


@lru_cache(maxsize=8)
def private_key(encrypted: str) -> rsa.RSAPrivateKey:
    """The key in a row's `private_key`, ready to sign with."""
    loaded = serialization.load_pem_private_key(decrypt(encrypted).encode(), password=None)
    return cast("rsa.RSAPrivateKey", loaded)


def _announce_change() -> None:
    try:
        announce(CHANGED)
    except redis.RedisError:
        _log.warning("keys_not_announced")


def _usable(now: datetime) -> QuerySet[SigningKey]:
    keys: QuerySet[SigningKey] = SigningKey.objects.all()
    return keys.filter(Q(retired_at=None) | Q(retired_at__gt=now))


def _first_key(now: datetime) -> SigningKey:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        found = _usable(now).filter(signs_from__lte=now).order_by("-signs_from").first()
        return found or _make(now=now, signs_from=now)


def _make(*, now: datetime, signs_from: datetime) -> SigningKey:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    kid = get_random_string(32)
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return SigningKey.objects.create(
        kid=kid,
        private_key=encrypt(pem.decode()),
        public_key={
            "kty": jwk["kty"],
            "n": jwk["n"],
            "e": jwk["e"],
            "alg": "RS256",
            "use": "sig",
            "kid": kid,
        },
        created_at=now,
        signs_from=signs_from,
    )
