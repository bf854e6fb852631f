"""The port: what every identity engine does, and how it says no.

An engine knows people by `sub`. It keeps passwords and second factors and issues access tokens with
Cognito's claims; it knows nothing of tenants. Times are in seconds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from tenants.models import User


class WrongCredentialsError(Exception):
    """No active person has this e-mail and password; which of the two is wrong isn't told."""


class NotConfirmedError(Exception):
    """The password is right, but the address was never confirmed."""


class WrongCodeError(Exception):
    """A code is wrong, expired or used; which of these isn't told."""


class PasswordRefusedError(Exception):
    """The chosen password isn't good enough; `reasons` say why, for the person."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = list(reasons)


class AlreadyEnrolledError(Exception):
    """There is a second factor already: it has to be turned off before another is set up."""


class FactorRemovedError(Exception):
    """The recovery code was right and the second factor is off: the person logs in once more."""


class FactorNeededError(Exception):
    """The person has no second factor, and here nobody gets in without."""


class InvalidTokenError(Exception):
    """A token is none of ours, was changed, has expired or was revoked; which of these isn't told."""


class EngineBusyError(Exception):
    """The engine itself refuses more attempts for now. `retry_after` is in seconds."""

    def __init__(self, retry_after: int = 60) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after


class EngineUnavailableError(Exception):
    """The engine can't be reached, or failed."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as the engine knows them. `is_verified`: whether `email` was proved to be theirs.

    `language` is one of ours, or empty where the engine doesn't know.
    """

    sub: str
    email: str
    is_verified: bool
    name: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """A successful log-in or refresh. `engine_token` is what the engine refreshes with, if anything."""

    identity: Identity
    access_token: str
    expires_in: int
    engine_token: str = ""
    has_mfa: bool = False
    #: What the token calls the log-in that it comes from (`origin_jti`).
    login_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """The password was right; a second factor is asked for. `token` is opaque and lasts 5 minutes."""

    token: str


@dataclass(frozen=True, slots=True)
class Caller:
    """A logged-in person. `access_token` fetches a fresh one where the engine wants one."""

    sub: str
    email: str
    access_token: Callable[[], str]


class IdentityEngine(Protocol):
    """What an engine does. Each method may raise EngineBusyError and EngineUnavailableError as well, and
    those with a caller InvalidTokenError: the engine has ended what the caller came with.
    """

    def sign_up(self, *, email: str, password: str, name: str, language: str) -> None:
        """Begin an account and send a code; a known address is told so by mail, and nobody else.

        Raises PasswordRefusedError.
        """

    def confirm(self, *, email: str, code: str) -> bool:
        """Prove the address of a new account. False if its password doesn't count, since others were
        chosen as well: the person chooses one by `forgot`. Raises WrongCodeError.
        """

    def resend(self, *, email: str, language: str) -> None:
        """Send the code of a new account again, if there is one that waits."""

    def log_in(self, *, email: str, password: str) -> Grant | Challenge:
        """Check a password. Raises WrongCredentialsError, NotConfirmedError."""

    def answer_challenge(self, *, token: str, code: str) -> Grant:
        """Check a TOTP code. Raises InvalidTokenError, WrongCodeError."""

    def recover(self, *, token: str, use: Callable[[User], None]) -> Grant:
        """Let a person in who answers a challenge with a recovery code: `use` uses it up, or raises.

        Raises InvalidTokenError, and FactorRemovedError where the engine can do no more than turn the
        second factor off: they log in again, without.
        """

    def challenged_email(self, token: str) -> str:
        """Whose challenge this is, for counting attempts. Raises InvalidTokenError."""

    def forgot(self, *, email: str, language: str) -> None:
        """Send a code to reset the password with, if there is such a person."""

    def reset(self, *, email: str, code: str, password: str) -> None:
        """Choose a new password by a code. Raises WrongCodeError, PasswordRefusedError."""

    def refresh(self, *, sub: str, engine_token: str, login_id: UUID | None = None) -> Grant:
        """Issue a new access token of a login. Raises InvalidTokenError."""

    def revoke(self, *, engine_token: str) -> None:
        """End what one log-in was granted."""

    def revoke_all(self, *, sub: str) -> None:
        """End what all log-ins of a person were granted."""

    def change_password(self, caller: Caller, *, old: str, new: str) -> None:
        """Raises WrongCredentialsError, PasswordRefusedError."""

    def begin_email_change(self, caller: Caller, *, email: str, language: str) -> None:
        """Send a code to a new address."""

    def confirm_email_change(self, caller: Caller, *, email: str, code: str) -> str:
        """Take the new address; returns it. Raises WrongCodeError."""

    def begin_totp(self, caller: Caller) -> str:
        """Make a TOTP secret (base 32) that waits to be confirmed. Raises AlreadyEnrolledError."""

    def confirm_totp(self, caller: Caller, *, code: str) -> None:
        """Turn the second factor on. Raises WrongCodeError."""

    def disable_totp(self, *, sub: str) -> None:
        """Turn the second factor off, for a person who proved who they are, or by an operator."""
