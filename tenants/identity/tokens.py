"""Access tokens are verified here, whichever engine issued them.

RS256 and nothing else; the key by its `kid` from the issuer's key set; `iss`, `client_id`, `token_use`,
`exp` and `iat` as Cognito writes them (it writes no `aud`). Keys that a token brings along (`jwk`, `jku`,
`x5u`) are never looked at.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import jwt
from django.conf import settings
from django.utils import timezone

from tenants.identity.key_sets import EmbeddedKeySet, RemoteKeySet
from tenants.identity.port import EngineUnavailableError, InvalidTokenError

#: Characters. Cognito's access tokens have about 1,100.
LONGEST = 4096
#: Seconds that the issuer's clock may be ahead of ours.
SKEW = 5
_NEEDED = ["exp", "iat", "iss", "sub", "token_use", "client_id", "jti"]


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a verified access token says."""

    sub: str
    issued_at: int

    def is_revoked(self, valid_after: datetime | None) -> bool:
        """Whether it was issued before everything was revoked."""
        return valid_after is not None and self.issued_at < valid_after.timestamp()


def verified(token: str, *, keys: jwt.PyJWKClient | None = None) -> AccessToken:
    """What the token says. Raises InvalidTokenError, and EngineUnavailableError without any keys."""
    if len(token) > LONGEST or not token.isascii():
        raise InvalidTokenError
    try:
        key = (keys or key_set()).get_signing_key(_kid(token))
        claims = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            issuer=settings.IDENTITY_ISSUER,
            options={"require": _NEEDED, "verify_aud": False, "verify_iat": False},
        )
    except jwt.exceptions.PyJWKClientConnectionError as error:
        raise EngineUnavailableError from error
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
        raise InvalidTokenError from error
    _check(claims)
    return AccessToken(sub=claims["sub"], issued_at=int(claims["iat"]))


@lru_cache(maxsize=1)
def key_set() -> jwt.PyJWKClient:
    """The issuer's keys, asked for at most every ten seconds however many tokens name a key that nobody
    knows.
    """
    uri = f"{settings.IDENTITY_ISSUER}/.well-known/jwks.json"
    return RemoteKeySet(uri) if settings.IDENTITY_ENGINE == "cognito" else EmbeddedKeySet(uri)


def _kid(token: str) -> str:
    kid = jwt.get_unverified_header(token).get("kid")
    if not isinstance(kid, str):
        raise InvalidTokenError
    return kid


def _check(claims: dict[str, Any]) -> None:
    issued_at, use = claims["iat"], claims["token_use"]
    if (
        use != "access"
        or claims["client_id"] != settings.IDENTITY_CLIENT_ID
        or not isinstance(claims["sub"], str)
        or not isinstance(issued_at, int | float)
        or issued_at > timezone.now().timestamp() + SKEW
    ):
        raise InvalidTokenError
