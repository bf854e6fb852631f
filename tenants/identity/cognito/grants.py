"""From Cognito's tokens to who somebody is.

The ID token says it: it comes with every log-in and refresh, and is verified with the key set that access
tokens are verified with anyway. `GetUser` would be another call each time, which counts against the
pool's quota, to hear the same.
"""

from typing import Any

import structlog
from django.conf import settings

from tenants.identity.port import EngineUnavailableError, Grant, Identity, InvalidTokenError
from tenants.identity.tokens import verified, verified_id_claims

_log = structlog.get_logger(__name__)
_LANGUAGES = {code for code, _name in settings.LANGUAGES}


def grant_of(result: dict[str, Any], *, has_mfa: bool, engine_token: str = "") -> Grant:
    """What an AuthenticationResult grants; `engine_token` goes on where no new refresh token came.

    Raises EngineUnavailableError for tokens that don't hold: the pool isn't the one we are set up for.
    """
    try:
        access = verified(result["AccessToken"])
        identity = identity_of(verified_id_claims(result["IdToken"]))
        if identity.sub != access.sub:
            raise InvalidTokenError
    except (InvalidTokenError, KeyError) as error:
        _log.exception("cognito_tokens_do_not_hold")
        raise EngineUnavailableError from error
    return Grant(
        identity=identity,
        access_token=result["AccessToken"],
        expires_in=result["ExpiresIn"],
        engine_token=result.get("RefreshToken") or engine_token,
        has_mfa=has_mfa,
        login_id=access.login_id,
    )


def identity_of(claims: dict[str, Any]) -> Identity:
    """The person whom the claims of a verified ID token describe."""
    language = str(claims.get("locale", ""))[:2].lower()
    return Identity(
        sub=claims["sub"],
        email=str(claims.get("email", "")).lower(),
        # Cognito writes a boolean here, but a text where the attribute was mapped.
        is_verified=claims.get("email_verified") in (True, "true"),
        name=str(claims.get("name", "")),
        language=language if language in _LANGUAGES else "",
    )
