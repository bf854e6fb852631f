"""The embedded engine: accounts in our own database."""

import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from tenants import scopes
from tenants.domain import codes, outbox
from tenants.domain.tenants import get_or_create_user
from tenants.enums import CodePurpose
from tenants.gateways.encryption import BrokenSecretError, seal, unseal
from tenants.identity.embedded import totp
from tenants.identity.embedded.issuing import LIFETIME, issue_access_token
from tenants.identity.passwords import check_new_password
from tenants.identity.port import (
    AlreadyEnrolledError,
    Caller,
    Challenge,
    Grant,
    Identity,
    IdentityEngine,
    InvalidTokenError,
    NotConfirmedError,
    WrongCodeError,
    WrongCredentialsError,
)
from tenants.models import OneTimeCode, User

#: Seconds to answer a challenge in.
CHALLENGE_SECONDS = 300
LONGEST_PASSWORD = 256


class EmbeddedEngine(IdentityEngine):
    """See the port. Each method enters the public scope by itself."""

    def sign_up(self, *, email: str, password: str, name: str, language: str) -> None:
        """The account is made when the code is used: until then nobody can take an address, and the
        password that counts is the one chosen with that very code.
        """
        check_new_password(password, User(email=email, name=name))
        payload = {"password": make_password(password), "name": name, "language": language}
        with scopes.public(), transaction.atomic():
            if not _can_log_in(_person(email)):
                codes.send_code(
                    CodePurpose.SIGN_UP,
                    email=email,
                    language=language,
                    now=timezone.now(),
                    payload=payload,
                )
            else:
                outbox.enqueue_for_person(
                    "identity.account_exists", {"email": email, "language": language}
                )

    def confirm(self, *, email: str, code: str) -> None:
        """See the port."""
        with scopes.public():
            taken = codes.take_code(CodePurpose.SIGN_UP, email=email, code=code, now=timezone.now())
            if taken is None:
                raise WrongCodeError
            with transaction.atomic():
                _make_account(taken)

    def resend(self, *, email: str, language: str) -> None:
        """A new code for what the newest one was for."""
        with scopes.public(), transaction.atomic():
            latest = _latest_sign_up(email)
            if latest is not None:
                codes.send_code(
                    CodePurpose.SIGN_UP,
                    email=email,
                    language=language,
                    now=timezone.now(),
                    payload=latest.payload,
                )

    def log_in(self, *, email: str, password: str) -> Grant | Challenge:
        """See the port. One password hash is computed, whoever asks and whatever is true."""
        with scopes.public():
            user = _person(email)
            if user is None or not _can_log_in(user):
                raise self._unconfirmed(email, password)
            if not user.check_password(password) or not user.is_active:
                raise WrongCredentialsError
            if totp.is_enrolled(user):
                return Challenge(challenge_token(user))
            return grant(user, has_mfa=False)

    def _unconfirmed(self, email: str, password: str) -> Exception:
        waiting = _latest_sign_up(email)
        encoded = waiting.payload["password"] if waiting else _nobodys_password()
        is_right = check_password(password, encoded)
        return NotConfirmedError() if is_right and waiting else WrongCredentialsError()

    def answer_challenge(self, *, token: str, code: str) -> Grant:
        """See the port."""
        with scopes.public():
            user = _challenged(token)
            if not totp.use(user, code):
                raise WrongCodeError
            return grant(user, has_mfa=True)

    def recover(self, *, token: str, use: Callable[[User], None]) -> Grant:
        """See the port."""
        with scopes.public():
            user = _challenged(token)
            use(user)
            return grant(user, has_mfa=True)

    def challenged_email(self, token: str) -> str:
        """See the port."""
        with scopes.public():
            return _challenged(token).email

    def forgot(self, *, email: str, language: str) -> None:
        """See the port."""
        with scopes.public(), transaction.atomic():
            user = _person(email)
            if user is not None and user.is_active:
                codes.send_code(
                    CodePurpose.RESET, email=email, language=language, now=timezone.now(), user=user
                )

    def reset(self, *, email: str, code: str, password: str) -> None:
        """A reset proves the address, not the second factor: that is still asked for at log-in."""
        check_new_password(password, User(email=email))
        with scopes.public():
            taken = codes.take_code(CodePurpose.RESET, email=email, code=code, now=timezone.now())
            if taken is None or taken.user is None:
                raise WrongCodeError
            with transaction.atomic():
                taken.user.set_password(password)
                _enter(taken.user)

    def refresh(self, *, sub: str, engine_token: str) -> Grant:
        """See the port."""
        with scopes.public():
            user: User | None = User.objects.filter(cognito_sub=sub, is_active=True).first()
            if user is None:
                raise InvalidTokenError
            return grant(user, has_mfa=user.has_mfa)

    def revoke(self, *, engine_token: str) -> None:
        """Nothing to do: a login that has ended is not refreshed."""

    def revoke_all(self, *, sub: str) -> None:
        """Nothing to do: `tokens_valid_after` is looked at with each token."""

    def change_password(self, caller: Caller, *, old: str, new: str) -> None:
        """See the port."""
        with scopes.public():
            user = _of(caller)
            if not user.check_password(old):
                raise WrongCredentialsError
            check_new_password(new, user)
            user.set_password(new)
            user.save(update_fields=["password"])

    def begin_email_change(self, caller: Caller, *, email: str, language: str) -> None:
        """A taken address gets a mail as well, but no code that works: nobody learns which it is."""
        with scopes.public(), transaction.atomic():
            if _person(email) is None:
                codes.send_code(
                    CodePurpose.CHANGE_EMAIL,
                    email=email,
                    language=language,
                    now=timezone.now(),
                    user=_of(caller),
                )
            else:
                outbox.enqueue_for_person(
                    "identity.account_exists", {"email": email, "language": language}
                )

    def confirm_email_change(self, caller: Caller, *, email: str, code: str) -> str:
        """See the port."""
        with scopes.public():
            taken = codes.take_code(
                CodePurpose.CHANGE_EMAIL, email=email, code=code, now=timezone.now()
            )
            if taken is None or taken.user is None or taken.user.cognito_sub != caller.sub:
                raise WrongCodeError
            with transaction.atomic():
                if _person(taken.email) is not None:  # taken since the code was sent
                    raise WrongCodeError
                taken.user.email = taken.email
                _enter(taken.user)
        return taken.email

    def begin_totp(self, caller: Caller) -> str:
        """See the port."""
        with scopes.public():
            user = _of(caller)
            if totp.is_enrolled(user):
                raise AlreadyEnrolledError
            return totp.begin(user)

    def confirm_totp(self, caller: Caller, *, code: str) -> None:
        """See the port."""
        with scopes.public():
            user = _of(caller)
            if totp.is_enrolled(user) or not totp.confirm(user, code):
                raise WrongCodeError

    def disable_totp(self, *, sub: str) -> None:
        """See the port."""
        with scopes.public():
            user = User.objects.filter(cognito_sub=sub).first()
            if user is not None:
                totp.disable(user)


def grant(user: User, *, has_mfa: bool) -> Grant:
    """What a log-in of the person yields."""
    identity = Identity(
        sub=user.cognito_sub or "", email=user.email, is_verified=True, name=user.name
    )
    token = issue_access_token(user, now=timezone.now())
    return Grant(identity, token, LIFETIME, has_mfa=has_mfa)


def challenge_token(user: User) -> str:
    """Proof that the password was right, for five minutes and as long as it stays the same."""
    return seal({"sub": user.cognito_sub, "stamp": user.get_session_auth_hash()})


def make_account_ready(user: User, password: str) -> None:
    """Give a person a password and a proved address. In the public scope."""
    user.set_password(password)
    _enter(user)


def prove_address(user: User) -> None:
    """Give a person whose address was proved elsewhere an account without a password; one is chosen as
    if it had been forgotten. In the public scope.
    """
    _enter(user)


def _enter(user: User) -> None:
    """Save a person whose address was just proved."""
    user.cognito_sub = user.cognito_sub or str(uuid.uuid4())
    user.save()
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


def _make_account(code: OneTimeCode) -> None:
    user = get_or_create_user(code.email)
    if _can_log_in(user):
        raise WrongCodeError  # another code made the account meanwhile
    chosen: dict[str, Any] = code.payload
    user.password, user.name = chosen["password"], chosen["name"] or user.name
    user.language = chosen["language"]
    _enter(user)


def _latest_sign_up(email: str) -> OneTimeCode | None:
    """What a person signed up with last, as long as another code can be sent for it."""
    found: OneTimeCode | None = (
        OneTimeCode.objects.filter(purpose=CodePurpose.SIGN_UP, email=email.lower(), used_at=None)
        .filter(created_at__gt=timezone.now() - codes.LIFETIME * 6)
        .order_by("-created_at")
        .first()
    )
    return found


def _person(email: str) -> User | None:
    return User.objects.with_email(email).first()


def _can_log_in(user: User | None) -> bool:
    return user is not None and user.cognito_sub is not None and user.has_usable_password()


def _of(caller: Caller) -> User:
    user: User = User.objects.get(cognito_sub=caller.sub)
    return user


def _challenged(token: str) -> User:
    try:
        proof = unseal(token, seconds=CHALLENGE_SECONDS)
    except BrokenSecretError as error:
        raise InvalidTokenError from error
    user: User | None = User.objects.filter(cognito_sub=proof.get("sub"), is_active=True).first()
    if user is None or proof.get("stamp") != user.get_session_auth_hash():
        raise InvalidTokenError
    return user


@lru_cache(maxsize=1)
def _nobodys_password() -> str:
    """Checked in place of the password of somebody who isn't there, so that it takes as long."""
    return make_password("nobody's password")
