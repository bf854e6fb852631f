"""How Cognito is reached: boto3, in two ways.

What a person could ask for themselves (sign-up, log-in, all with a token of theirs) is not signed and
needs no credentials; what only an operator may ask is signed with the process's own role. botocore's
`AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER` leads both elsewhere.
"""

from functools import lru_cache
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from django.conf import settings

#: Seconds. A person waits, and a worker with them.
CONNECT_SECONDS, READ_SECONDS = 3, 5
#: The first attempt among them: a second one after a lost connection, and no storm of them.
ATTEMPTS = 2
_CONFIG = Config(
    connect_timeout=CONNECT_SECONDS,
    read_timeout=READ_SECONDS,
    retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    max_pool_connections=50,
)


@lru_cache(maxsize=1)
def public() -> Any:
    """The client for what needs no credentials."""
    return _client(_CONFIG.merge(Config(signature_version=UNSIGNED)))


@lru_cache(maxsize=1)
def admin() -> Any:
    """The client for `Admin…`: with the credentials that botocore finds (docs/identity.md)."""
    return _client(_CONFIG)


def _client(config: Config) -> Any:
    # A session of its own: boto3's default one must not be used by two threads at once.
    session = boto3.session.Session(region_name=settings.AWS_REGION)
    return session.client("cognito-idp", config=config)
