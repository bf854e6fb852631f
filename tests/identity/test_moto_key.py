"""moto's signing key, whose private half is in its wheel, opens nothing of ours."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.conf import settings
from moto.utilities.utils import load_resource

from tenants.identity import tokens
from tenants.identity.port import InvalidTokenError
from tenants.identity.tokens import verified, verified_id_claims
from tests.identity.cognito_settings import STUBBED, on_cognito
from tests.identity.cognito_tokens import KeySet, signed


@pytest.fixture(scope="module")
def moto_key() -> RSAPrivateKey:
    key: Any = jwt.PyJWK(
        {**load_resource("cognitoidp/resources/jwks-private.json"), "alg": "RS256"}
    )
    return key.key


@pytest.fixture(autouse=True)
def pool() -> Iterator[None]:
    with on_cognito(STUBBED):
        yield


@pytest.fixture
def published() -> KeySet:
    """The worst: the key set that we ask publishes the key."""
    keys: Any = load_resource("cognitoidp/resources/jwks-public.json")
    return KeySet(keys["keys"][0])


@pytest.mark.parametrize(("use", "verify"), [("access", verified), ("id", verified_id_claims)])
def test_it_is_refused_even_where_it_is_published(moto_key, published, use, verify):
    token = signed(moto_key, kid="dummy", sub=str(uuid4()), token_use=use)

    with pytest.raises(InvalidTokenError):
        verify(token, keys=published)


def test_it_is_the_key_that_is_refused_and_nothing_else(moto_key, published, settings):
    settings.IDENTITY_REFUSED_KEYS = frozenset()
    token = signed(moto_key, kid="dummy", sub=(sub := str(uuid4())), token_use="access")

    assert verified(token, keys=published).sub == sub


def test_another_name_for_it_helps_nobody(moto_key, published):
    published.jwk = {**published.jwk, "kid": "the-pools-key"}

    with pytest.raises(InvalidTokenError):
        verified(signed(moto_key, sub=str(uuid4()), token_use="access"), keys=published)


def test_the_key_sets_address_is_the_issuers_whatever_the_environment_says(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "http://127.0.0.1:9")
    monkeypatch.setenv("IDENTITY_KEYS_URL", "http://127.0.0.1:9")

    assert tokens.key_set().uri == f"{settings.IDENTITY_ISSUER}/.well-known/jwks.json"
    assert settings.IDENTITY_ISSUER.startswith("https://cognito-idp.me-south-1.amazonaws.com/")
