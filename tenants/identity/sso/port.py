"""What a provider says of a person, and how that goes wrong."""

from dataclasses import dataclass


class SsoError(Exception):
    """Nobody was logged in through the provider."""


class SsoRefusedError(SsoError):
    """What the provider sent isn't good: a token's signature, issuer, audience, nonce, time or person."""


class SsoUnavailableError(SsoError):
    """The provider can't be reached, is too slow, or answers what can't be made sense of."""


class SsoUnverifiedError(SsoError):
    """The provider doesn't vouch for the e-mail address, so it opens and makes no account."""


class SsoAccountError(SsoError):
    """The account that the address leads to can't be entered this way; why isn't told."""


@dataclass(frozen=True, slots=True)
class SsoIdentity:
    """A person as the provider knows them. `email` may be empty, and so may the provider's
    `refresh_token`.
    """

    issuer: str
    sub: str
    email: str
    is_verified: bool
    name: str = ""
    refresh_token: str = ""
