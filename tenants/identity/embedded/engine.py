"""The embedded engine: accounts in our own database."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
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


class EmbeddedEngine(IdentityEngine):
    """See the port. Each method enters the public scope by itself."""

    def sign_up(self, *, email: str, password: str, name: str, language: str) -> None:
        """The account is made when the code is used: until then nobody can take an address. The same
        sign-up again (a double click) is the same; one with another password contests it, see `confirm`.
        """
        check_new_password(password, User(email=email, name=name))
        with scopes.public(), transaction.atomic():
            latest = _latest_sign_up(email)
            encoded = latest.payload["password"] if latest else _nobodys_password()
            # Both hashes for everybody: how long it takes tells nothing.
            is_same, fresh = check_password(password, encoded), make_password(password)
            if not _can_log_in(_person(email)):
                chosen = encoded if is_same and latest else fresh
                codes.send_code(
                    CodePurpose.SIGN_UP,
                    email=email,
                    language=language,
                    now=timezone.now(),
                    payload={"password": chosen, "name": name, "language": language},
                )
            else:
                outbox.enqueue_for_person(
                    "identity.account_exists", {"email": email, "language": language}
                )

    def confirm(self, *, email: str, code: str) -> bool:
        """See the port. Where several passwords were chosen with an address, a stranger may have chosen
        one of them, before or after its owner: then none counts.
        """
        with scopes.public():
            is_contested = len({row.payload["password"] for row in _sign_ups(email)}) > 1
            with _spent(CodePurpose.SIGN_UP, email, code) as taken:
                _make_account(taken, is_contested=is_contested)
        return not is_contested

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
        """The same is written for every address, and takes as long; a worker looks whose it is
        (`send_reset_code`).
        """
        with scopes.public(), transaction.atomic():
            outbox.enqueue_for_person("identity.forgotten", {"email": email, "language": language})

    def reset(self, *, email: str, code: str, password: str) -> None:
        """A reset proves the address, not the second factor: that is still asked for at log-in."""
        check_new_password(password, User(email=email))
        with scopes.public(), _spent(CodePurpose.RESET, email, code) as taken:
            user = taken.user
            # The address may have become another one since the code was sent: it proves nothing then.
            if user is None or user.email.lower() != taken.email:
                raise WrongCodeError
            user.set_password(password)
            _enter(user, "password")

    def refresh(self, *, sub: str, engine_token: str, login_id: uuid.UUID | None = None) -> Grant:
        """See the port."""
        with scopes.public():
            user: User | None = User.objects.filter(cognito_sub=sub, is_active=True).first()
            if user is None:
                raise InvalidTokenError
            return grant(user, has_mfa=user.has_mfa, login_id=login_id)

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
            with transaction.atomic():
                user.save(update_fields=["password"])
                codes.void_codes(user, now=timezone.now())

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
        with scopes.public(), _spent(CodePurpose.CHANGE_EMAIL, email, code) as taken:
            user = taken.user
            if user is None or user.cognito_sub != caller.sub or _person(taken.email) is not None:
                raise WrongCodeError
            user.email = taken.email
            _enter(user, "email")
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


@contextmanager
def _spent(purpose: CodePurpose, email: str, code: str) -> Iterator[OneTimeCode]:
    """Use a code up for what is done in the block, in one transaction with it: who is killed or refused
    half-way can use it again. A wrong guess is counted all the same. Raises WrongCodeError.
    """
    try:
        with transaction.atomic():
            taken = codes.take_code(purpose, email=email, code=code, now=timezone.now())
            if taken is not None:
                yield taken
    except IntegrityError as error:  # the address was taken by somebody who was faster
        raise WrongCodeError from error
    if taken is None:
        raise WrongCodeError


def send_reset_code(email: str, language: str) -> None:
    """Send the code that `forgot` was asked for, if there is such a person. In the public scope."""
    user = _person(email)
    if user is not None and user.is_active:
        codes.send_code(
            CodePurpose.RESET, email=email, language=language, now=timezone.now(), user=user
        )


def grant(user: User, *, has_mfa: bool, login_id: uuid.UUID | None = None) -> Grant:
    """What a log-in of the person yields; `login_id` is that of one which goes on."""
    login_id = login_id or uuid.uuid4()
    identity = Identity(
        sub=user.cognito_sub or "", email=user.email, is_verified=True, name=user.name
    )
    token = issue_access_token(user, login_id=login_id, now=timezone.now())
    return Grant(identity, token, LIFETIME, has_mfa=has_mfa, login_id=login_id)


def challenge_token(user: User) -> str:
    """Proof that the password was right, for five minutes, as long as it stays the same and the person
    isn't logged out of everything.
    """
    return seal({"sub": user.cognito_sub, "stamp": _stamp(user)})


def _stamp(user: User) -> str:
    return f"{user.get_session_auth_hash()} {user.tokens_valid_after or ''}"


def make_account_ready(user: User, password: str) -> None:
    """Give a person a password and a proved address. In the public scope."""
    user.set_password(password)
    user.save()
    _enter(user)


def prove_address(user: User) -> None:
    """Give a person whose address was proved elsewhere an account without a password; one is chosen as
    if it had been forgotten. In the public scope.
    """
    _enter(user, "name", "language")


def _enter(user: User, *changed: str) -> None:
    """Save what was changed of a person whose address was just proved; no more than that, since an
    operator may have shut them out meanwhile. Other codes that wait for them are void.
    """
    user.cognito_sub = user.cognito_sub or str(uuid.uuid4())
    user.save(update_fields=["cognito_sub", *changed])
    codes.void_codes(user, now=timezone.now())
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


def _make_account(code: OneTimeCode, *, is_contested: bool) -> None:
    user = get_or_create_user(code.email)
    if _can_log_in(user):
        raise WrongCodeError  # another code made the account meanwhile
    chosen: dict[str, Any] = code.payload
    user.name, user.language = chosen["name"] or user.name, chosen["language"]
    user.password = make_password(None) if is_contested else chosen["password"]
    _enter(user, "name", "language", "password")


def _latest_sign_up(email: str) -> OneTimeCode | None:
    """What a person signed up with last, as long as another code can be sent for it."""
    return _sign_ups(email).first()


def _sign_ups(email: str) -> QuerySet[OneTimeCode]:
    """The sign-ups with an address that another code can be sent for, newest first."""
    waiting: QuerySet[OneTimeCode] = OneTimeCode.objects.filter(
        purpose=CodePurpose.SIGN_UP, email=email.lower(), used_at=None
    )
    return waiting.filter(created_at__gt=timezone.now() - codes.PATIENCE).order_by("-created_at")


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
    if user is None or proof.get("stamp") != _stamp(user):
        raise InvalidTokenError
    return user


@lru_cache(maxsize=1)
def _nobodys_password() -> str:
    """Checked in place of the password of somebody who isn't there, so that it takes as long."""
    return make_password("nobody's password")
