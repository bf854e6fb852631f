"""Reading what a provider signed and sent, believing nothing that isn't checked."""

import re
from typing import Any

import jwt
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.crypto import constant_time_compare
from jwt.exceptions import PyJWKClientConnectionError

from tenants.identity.sso.port import SsoIdentity, SsoRefusedError, SsoUnavailableError
from tenants.identity.sso.provider import Provider

#: Characters of the longest ID token that is looked at.
LONGEST = 16_384
#: Seconds that the provider's clock may differ from ours.
SKEW = 30
_LONGEST_EMAIL, _LONGEST_NAME = 254, 120
_NEEDED = ["iss", "aud", "exp", "iat", "sub", "nonce"]
#: What OpenID Connect lets a `sub` be.
_SUB = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?\Z")


def verified_id_token(token: Any, *, provider: Provider, nonce: str) -> dict[str, Any]:
    """The claims of an ID token: signed by the provider (RS256), for us, now, in answer to our own
    question. Raises SsoRefusedError, and SsoUnavailableError without the provider's keys.
    """
    if not isinstance(token, str) or len(token) > LONGEST or not token.isascii():
        raise SsoRefusedError("no ID token")
    try:
        claims = _decoded(token, provider)
    except PyJWKClientConnectionError as error:
        raise SsoUnavailableError(str(error)) from error
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
        raise SsoRefusedError(f"the ID token is no good: {type(error).__name__}") from error
    _check(claims, nonce)
    return claims


def identity_of(
    claims: dict[str, Any], about: dict[str, Any], *, issuer: str, refresh_token: str = ""
) -> SsoIdentity:
    """The person of an ID token and of what `userinfo` told `about` them; empty if there is none such.

    Without a good e-mail address it is empty, and not verified. Raises SsoRefusedError.
    """
    if about and about.get("sub") != claims["sub"]:
        raise SsoRefusedError("userinfo is about somebody else")
    # An address and whether it is proved are taken from one place.
    told = about if "email" in about else claims
    email, is_verified = _email(told.get("email")), told.get("email_verified")
    return SsoIdentity(
        issuer=issuer,
        sub=claims["sub"],
        email=email,
        # Cognito writes it as a string.
        is_verified=bool(email) and (is_verified is True or is_verified == "true"),
        name=_name(about.get("name") or claims.get("name")),
        refresh_token=refresh_token,
    )


def _decoded(token: str, provider: Provider) -> dict[str, Any]:
    kid = jwt.get_unverified_header(token).get("kid")
    if not isinstance(kid, str):
        raise SsoRefusedError("the ID token names no key")
    claims: dict[str, Any] = jwt.decode(
        token,
        # The bare key: with another kind than RSA, RS256 can't be verified at all.
        provider.keys.get_signing_key(kid).key,
        algorithms=["RS256"],
        issuer=provider.issuer,
        audience=settings.OIDC_CLIENT_ID,
        leeway=SKEW,
        options={"require": _NEEDED},
    )
    return claims


def _check(claims: dict[str, Any], nonce: str) -> None:
    audience = claims["aud"]
    party = claims.get("azp")
    is_ours = party == settings.OIDC_CLIENT_ID or (party is None and _is_single(audience))
    said: Any = claims["nonce"]
    if (
        not is_ours
        or claims.get("token_use", "id") != "id"
        or not isinstance(said, str)
        or not constant_time_compare(said, nonce)
        or not isinstance(claims["sub"], str)
        or not _SUB.match(claims["sub"])
    ):
        raise SsoRefusedError("the ID token is not the one that was asked for")


def _is_single(audience: Any) -> bool:
    return isinstance(audience, str) or len(audience) == 1


def _email(told: Any) -> str:
    if not isinstance(told, str) or len(told) > _LONGEST_EMAIL:
        return ""
    try:
        validate_email(told)
    except ValidationError:
        return ""
    return told


def _name(told: Any) -> str:
    if not isinstance(told, str):
        return ""
    seen = "".join(one for one in " ".join(told.split()) if one.isprintable())
    return seen[:_LONGEST_NAME]
