"""Access tokens with the claims that Cognito's have."""

import uuid
from datetime import datetime
from math import ceil

import jwt
from django.conf import settings

from tenants.identity.embedded.keys import private_key, signing_key
from tenants.models import User

#: Seconds that an access token lasts.
LIFETIME = 15 * 60
#: The scope that Cognito's own access tokens carry.
SCOPE = "aws.cognito.signin.user.admin"


def issue_access_token(user: User, *, now: datetime, login_id: uuid.UUID | None = None) -> str:
    """An access token of the person, good from `now` for as long as the login goes on."""
    key = signing_key(now)
    issued = int(now.timestamp())
    if user.tokens_valid_after:
        # `iat` is in whole seconds: one issued in the second of a revocation must count as later.
        issued = max(issued, ceil(user.tokens_valid_after.timestamp()))
    claims = {
        "sub": user.cognito_sub,
        "iss": settings.IDENTITY_ISSUER,
        "client_id": settings.IDENTITY_CLIENT_ID,
        "origin_jti": str(login_id or uuid.uuid4()),
        "event_id": str(uuid.uuid4()),
        "token_use": "access",
        "scope": SCOPE,
        "auth_time": int(now.timestamp()),
        "iat": issued,
        "exp": issued + LIFETIME,
        "jti": str(uuid.uuid4()),
        "username": user.cognito_sub,
    }
    return jwt.encode(
        claims, private_key(key.private_key), algorithm="RS256", headers={"kid": key.kid}
    )
