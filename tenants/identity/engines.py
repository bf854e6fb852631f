"""The engine that is chosen."""

from functools import lru_cache

from django.conf import settings

from tenants.identity.embedded.engine import EmbeddedEngine
from tenants.identity.port import IdentityEngine


@lru_cache(maxsize=1)
def engine() -> IdentityEngine:
    """The engine of `IDENTITY_ENGINE`."""
    if settings.IDENTITY_ENGINE == "cognito":
        from tenants.identity.cognito.engine import CognitoEngine  # boto3 takes 0.3 s to import

        return CognitoEngine()
    return EmbeddedEngine()
