"""Keeping secrets that the database must hold: second factors, signing keys, engines' tokens.

Fernet (AES-128-CBC with HMAC-SHA256) under a key derived from `SECRET_KEY`; what older keys
(`SECRET_KEY_FALLBACKS`) wrote is still read.
"""

import base64
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class BrokenSecretError(Exception):
    """The text was not encrypted by us, was changed, is too old, or its key is gone."""


def encrypt(text: str) -> str:
    """The text, unreadable without `SECRET_KEY`."""
    return _ciphers().encrypt(text.encode()).decode()


def decrypt(token: str, *, seconds: int | None = None) -> str:
    """What `encrypt` was given, at most so many `seconds` ago. Raises BrokenSecretError."""
    try:
        return _ciphers().decrypt(token.encode(), ttl=seconds).decode()
    except (InvalidToken, ValueError) as error:
        raise BrokenSecretError from error


def seal(document: dict[str, Any]) -> str:
    """A JSON document that its carrier can neither read nor change."""
    return encrypt(json.dumps(document))


def unseal(token: str, *, seconds: int) -> dict[str, Any]:
    """The document that was sealed at most so many `seconds` ago. Raises BrokenSecretError."""
    document = json.loads(decrypt(token, seconds=seconds))
    if not isinstance(document, dict):
        raise BrokenSecretError
    return document


def _ciphers() -> MultiFernet:
    return _ciphers_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _ciphers_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([_cipher(key) for key in keys])


def _cipher(secret: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"souqna encryption").derive(
        secret.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
