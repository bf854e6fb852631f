"""Tokens as Cognito issues them, signed with a key of the test's."""

from time import time
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from tests.identity.cognito_settings import STUBBED

KID = "the-pools-key"


def signed(key: RSAPrivateKey, *, kid: str = KID, **claims: Any) -> str:
    """An access or ID token of the stubbed pool."""
    now = int(time())
    issued = {"iss": STUBBED.issuer, "iat": now, "auth_time": now, "exp": now + 3600}
    issued |= {"jti": str(uuid4()), "origin_jti": str(uuid4())}
    client = "client_id" if claims.get("token_use") == "access" else "aud"
    return jwt.encode(
        {**issued, client: STUBBED.client_id, **claims},
        key,
        algorithm="RS256",
        headers={"kid": kid},
    )


class KeySet(jwt.PyJWKClient):
    """A key set of one key, without a server."""

    def __init__(self, jwk: dict[str, Any]) -> None:
        super().__init__("https://none.example")
        self.jwk = jwk

    def fetch_data(self) -> Any:
        return {"keys": [self.jwk]}


def key_set_of(key: RSAPublicKey, *, kid: str = KID) -> KeySet:
    """The key set that publishes this key."""
    public = RSAAlgorithm.to_jwk(key, as_dict=True)
    return KeySet({**public, "kid": kid, "alg": "RS256", "use": "sig"})
