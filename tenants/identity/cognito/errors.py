"""From Cognito's refusals to the port's.

Whoever asks must not learn whether there is such a person: UserNotFoundException means what
NotAuthorizedException means in the same call. What isn't listed is a mistake of ours or of the pool's
setting-up: it is logged by its code (a message may hold an address) and told as "unavailable".
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from botocore.exceptions import BotoCoreError, ClientError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.identity.port import (
    EngineBusyError,
    EngineUnavailableError,
    InvalidTokenError,
    NotConfirmedError,
    PasswordRefusedError,
    WrongCodeError,
    WrongCredentialsError,
)

_log = structlog.get_logger(__name__)


class KnownAddressError(Exception):
    """There is an account with this address already."""


class NothingToDoError(Exception):
    """There is nobody to do it for, or it is done; who asked is told nothing."""


_MEANINGS: dict[str, type[Exception]] = {
    "NotAuthorized": WrongCredentialsError,
    "PasswordResetRequired": WrongCredentialsError,  # an operator asked for it: they use "forgot"
    "UserNotConfirmed": NotConfirmedError,
    "CodeMismatch": WrongCodeError,
    "ExpiredCode": WrongCodeError,
    "EnableSoftwareTokenMFA": WrongCodeError,
    "UsernameExists": KnownAddressError,
    "AliasExists": KnownAddressError,
    "LimitExceeded": EngineBusyError,
    "TooManyRequests": EngineBusyError,
    "TooManyFailedAttempts": EngineBusyError,
    "ConcurrentModification": EngineBusyError,
}
_ABOUT_PASSWORD = ("InvalidPassword", "PasswordHistoryPolicyViolation")
#: Such as one that begins with a space.
_MALFORMED_PASSWORD = re.compile(r"validation error.*'(password|proposedpassword)'")
#: Words of InvalidPasswordException → what they mean, for the person.
_POLICY = {
    "not long enough": gettext_lazy("This password is too short."),
    "uppercase": gettext_lazy("The password needs a capital letter."),
    "lowercase": gettext_lazy("The password needs a small letter."),
    "numeric": gettext_lazy("The password needs a digit."),
    "symbol": gettext_lazy("The password needs a symbol, such as ! or ?."),
}


@contextmanager
def refusals(**instead: type[Exception]) -> Iterator[None]:
    """Raise the port's exception for what Cognito answers in the block.

    `instead`: what an answer means in this very call, by its name without "Exception"; `MalformedInput`
    stands for an InvalidParameterException that is about a value and not about the pool's set-up.
    """
    try:
        yield
    except ClientError as error:
        raise _meaning(error, instead) from error
    except BotoCoreError as error:  # no connection, no answer in time, no credentials
        _log.exception("cognito_unreachable", kind=type(error).__name__)
        raise EngineUnavailableError from error


@contextmanager
def ignoring_nobody() -> Iterator[None]:
    """The same, where it is no matter that there is no such person."""
    try:
        with refusals(UserNotFound=NothingToDoError):
            yield
    except NothingToDoError:
        return


@contextmanager
def quietly() -> Iterator[None]:
    """The same for asking that a code be sent: who asks is told nothing of one account's state, be it
    that there is none, that it needs no code, that it had its share of them or that its mailbox refuses.
    """
    silent = ("NotAuthorized", "InvalidParameter", "LimitExceeded", "CodeDeliveryFailure")
    try:
        with refusals(**dict.fromkeys(silent, NothingToDoError)):
            yield
    except NothingToDoError as error:
        cause = error.__cause__
        code = cause.response["Error"]["Code"] if isinstance(cause, ClientError) else ""
        _log.info("cognito_sent_no_code", code=code)


def _meaning(error: ClientError, instead: dict[str, type[Exception]]) -> Exception:
    code = error.response["Error"]["Code"].removesuffix("Exception")
    message = error.response["Error"].get("Message", "").lower()
    name = "NotAuthorized" if code == "UserNotFound" and code not in instead else code
    if name == "NotAuthorized" and "secret" in message:
        return _mistake(error)  # our client's secret is wrong, which is nobody's password
    if name == "NotAuthorized" and "access token" in message:
        return InvalidTokenError()
    if code in _ABOUT_PASSWORD or _MALFORMED_PASSWORD.search(message):
        return PasswordRefusedError(_reasons(code, message))
    if "validation error" in message and "MalformedInput" in instead:
        name = "MalformedInput"
    meaning = instead.get(name) or _MEANINGS.get(name)
    return meaning() if meaning else _mistake(error)


def _reasons(code: str, message: str) -> list[str]:
    if code == "PasswordHistoryPolicyViolation":
        return [_("You have used this password before.")]
    told = [str(reason) for words, reason in _POLICY.items() if words in message]
    return told or [_("This password can't be used. Choose another one.")]


def _mistake(error: ClientError) -> Exception:
    _log.error(
        "cognito_refused",
        operation=error.operation_name,
        code=error.response["Error"]["Code"],
        request_id=error.response.get("ResponseMetadata", {}).get("RequestId", ""),
    )
    return EngineUnavailableError()
