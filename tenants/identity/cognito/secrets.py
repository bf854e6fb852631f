"""What proves to Cognito that it is our app client that asks, when that has a secret."""

import base64
import hmac

from django.conf import settings


def secret_hash(username: str) -> str:
    """Base64 of HMAC-SHA256 of user name and client id under the client's secret, as Cognito defines it.

    `username` is to be what the request names: the address that somebody typed in, but the name that
    Cognito answered with (their `sub`) once it did.
    """
    key, text = settings.COGNITO_CLIENT_SECRET.encode(), username + settings.COGNITO_CLIENT_ID
    return base64.b64encode(hmac.digest(key, text.encode(), "sha256")).decode()


def client_and_hash(username: str) -> dict[str, str]:
    """`ClientId`, and `SecretHash` if the client has a secret."""
    named = {"ClientId": settings.COGNITO_CLIENT_ID}
    if settings.COGNITO_CLIENT_SECRET:
        named["SecretHash"] = secret_hash(username)
    return named


def client_and_secret() -> dict[str, str]:
    """`ClientId`, and `ClientSecret` itself where the API takes that (refresh, revocation)."""
    named = {"ClientId": settings.COGNITO_CLIENT_ID}
    if settings.COGNITO_CLIENT_SECRET:
        named["ClientSecret"] = settings.COGNITO_CLIENT_SECRET
    return named


def hash_parameter(username: str) -> dict[str, str]:
    """`SECRET_HASH` among the parameters of a log-in, if the client has a secret."""
    return {"SECRET_HASH": secret_hash(username)} if settings.COGNITO_CLIENT_SECRET else {}
