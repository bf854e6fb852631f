"""Pointing the project at a user pool for as long as a test runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import override_settings

from tenants.identity import engines, tokens
from tenants.identity.cognito import client

#: What is made once a process. Held here, since a test may put something else in their place.
_MADE = (client.public, client.admin, engines.engine, tokens.key_set)
ENDPOINT = "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"


@dataclass(frozen=True)
class PoolSettings:
    """What `config/settings/base.py` reads for a pool."""

    region: str
    pool_id: str
    client_id: str
    client_secret: str

    @property
    def issuer(self) -> str:
        return f"https://cognito-idp.{self.region}.amazonaws.com/{self.pool_id}"


STUBBED = PoolSettings(
    "me-south-1", "me-south-1_Stubbed00", "stubbedclient", "a-secret-of-twenty-five-l"
)


def real_pool() -> PoolSettings:
    """The pool of `SOUQNA_TEST_COGNITO_…`; the test is skipped where there is none."""
    names = ("REGION", "USER_POOL_ID", "CLIENT_ID", "CLIENT_SECRET")
    told = [os.environ.get(f"SOUQNA_TEST_COGNITO_{name}", "") for name in names]
    if not all(told[:3]):
        pytest.skip("NOT RUN: a real user pool (SOUQNA_TEST_COGNITO_…, docs/identity.md)")
    return PoolSettings(*told)


@contextmanager
def on_cognito(pool: PoolSettings, **more: Any) -> Iterator[None]:
    """The settings of an installation with this pool; clients and keys are made anew."""
    chosen = {
        "IDENTITY_ENGINE": "cognito",
        "AWS_REGION": pool.region,
        "COGNITO_USER_POOL_ID": pool.pool_id,
        "COGNITO_CLIENT_ID": pool.client_id,
        "COGNITO_CLIENT_SECRET": pool.client_secret,
        "IDENTITY_ISSUER": pool.issuer,
        "IDENTITY_CLIENT_ID": pool.client_id,
        "IDENTITY_KEYS_URL": f"{pool.issuer}/.well-known/jwks.json",
    }
    with override_settings(**{**chosen, **more}):
        _forget()
        try:
            yield
        finally:
            for made in _MADE[:2]:
                if made.cache_info().currsize:
                    made().close()
            _forget()


def _forget() -> None:
    for made in _MADE:
        made.cache_clear()
