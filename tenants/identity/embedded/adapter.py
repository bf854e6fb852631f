"""allauth's hooks."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter

from tenants.gateways.encryption import decrypt, encrypt


class EncryptingAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # untyped
    """Second factors are kept encrypted: allauth's own `encrypt()` leaves them in clear."""

    def encrypt(self, text: str) -> str:
        """The text, unreadable without `SECRET_KEY`."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """What `encrypt` was given. Raises BrokenSecretError."""
        return decrypt(encrypted_text)

    def get_totp_issuer(self) -> Any:
        """The name that authenticator apps show."""
        return "Souqna"
