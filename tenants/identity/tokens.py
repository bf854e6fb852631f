"""Access tokens are verified here, whichever engine issued them.

RS256 and nothing else; the key by its `kid` from the issuer's key set; `iss`, `client_id`, `token_use`,
`exp` and `iat` as Cognito writes them (it writes no `aud`). Keys that a token brings along (`jwk`, `jku`,
`x5u`) are never looked at.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.conf import settings
from django.utils import timezone

from tenants.identity.key_sets import EmbeddedKeySet, RemoteKeySet
from tenants.identity.port import EngineUnavailableError, InvalidTokenError

#: Characters. Cognito's access tokens have about 1,100.
LONGEST = 4096
#: Seconds that the issuer's clock may be ahead of ours.
SKEW = 5
_NEEDED_OF_ID = ["exp", "iat", "iss", "sub", "token_use", "aud"]
_NEEDED = ["exp", "iat", "iss", "sub", "token_use", "client_id", "jti"]


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a verified access token says."""

    sub: str
    issued_at: int
    #: The login that it comes from, where the issuer names it.
    login_id: UUID | None = None

    def is_revoked(self, valid_after: datetime | None) -> bool:
        """Whether it was issued before everything was revoked."""
        return valid_after is not None and self.issued_at < valid_after.timestamp()


def verified(token: str, *, keys: jwt.PyJWKClient | None = None) -> AccessToken:
    """What the token says. Raises InvalidTokenError, and EngineUnavailableError without any keys."""
    if len(token) > LONGEST:
        raise InvalidTokenError
    claims = _decoded(token, keys, needed=_NEEDED, options={"verify_aud": False})
    _check(claims, use="access")
    if claims["client_id"] != settings.IDENTITY_CLIENT_ID:
        raise InvalidTokenError
    return AccessToken(
        sub=claims["sub"], issued_at=int(claims["iat"]), login_id=_uuid(claims.get("origin_jti"))
    )


def verified_id_claims(token: str, *, keys: jwt.PyJWKClient | None = None) -> dict[str, Any]:
    """The claims of an ID token that the engine handed to us; nobody else's is ever asked for.

    Raises InvalidTokenError, and EngineUnavailableError without any keys.
    """
    audience = settings.IDENTITY_CLIENT_ID
    claims = _decoded(token, keys, needed=_NEEDED_OF_ID, audience=audience)
    _check(claims, use="id")
    return claims


def _decoded(
    token: str, keys: jwt.PyJWKClient | None, *, needed: list[str], **checks: Any
) -> dict[str, Any]:
    if not token.isascii():
        raise InvalidTokenError
    options: Any = {"require": needed, "verify_iat": False, **checks.pop("options", {})}
    try:
        key = (keys or key_set()).get_signing_key(_kid(token))
        _refuse_known_key(key)
        return jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            issuer=settings.IDENTITY_ISSUER,
            options=options,
            **checks,
        )
    except jwt.exceptions.PyJWKClientConnectionError as error:
        raise EngineUnavailableError from error
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
        raise InvalidTokenError from error


@lru_cache(maxsize=1)
def key_set() -> jwt.PyJWKClient:
    """The issuer's keys, asked for at most every ten seconds however many tokens name a key that nobody
    knows.
    """
    uri = settings.IDENTITY_KEYS_URL
    return RemoteKeySet(uri) if settings.IDENTITY_ENGINE == "cognito" else EmbeddedKeySet(uri)


def _uuid(claim: Any) -> UUID | None:
    try:
        return UUID(claim) if isinstance(claim, str) else None
    except ValueError:
        return None


def _kid(token: str) -> str:
    kid = jwt.get_unverified_header(token).get("kid")
    if not isinstance(kid, str):
        raise InvalidTokenError
    return kid


def _refuse_known_key(key: jwt.PyJWK) -> None:
    """Raise InvalidTokenError for a key whose private half anybody can download."""
    if not isinstance(key.key, RSAPublicKey):
        raise InvalidTokenError
    modulus = key.key.public_numbers().n
    print_of_it = sha256(modulus.to_bytes((modulus.bit_length() + 7) // 8)).hexdigest()
    if print_of_it in settings.IDENTITY_REFUSED_KEYS:
        raise InvalidTokenError


def _check(claims: dict[str, Any], *, use: str) -> None:
    issued_at = claims["iat"]
    if (
        claims["token_use"] != use
        or not isinstance(claims["sub"], str)
        or not isinstance(issued_at, int | float)
        or issued_at > timezone.now().timestamp() + SKEW
    ):
        raise InvalidTokenError
