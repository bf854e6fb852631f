"""What people do with their accounts: the verbs behind the pages and the API, for either engine.

A log-in yields a `Login` row; a browser's is named in its session, a program's in its refresh token.
Every function enters the public scope by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import transaction
from django.utils import timezone

from tenants import scopes
from tenants.domain import attempts, audit, logins
from tenants.domain.permissions import mfa_is_needed
from tenants.enums import LoginKind, Surface
from tenants.gateways.encryption import decrypt, encrypt
from tenants.identity.engines import engine
from tenants.identity.people import person_of
from tenants.identity.port import (
    Caller,
    Challenge,
    EngineBusyError,
    EngineUnavailableError,
    FactorNeededError,
    FactorRemovedError,
    Grant,
    InvalidTokenError,
    NotConfirmedError,
    WrongCodeError,
    WrongCredentialsError,
)
from tenants.identity.telling import tell
from tenants.models import Login, Tenant, User
from tenants.queries.members import memberships_of

_log = structlog.get_logger(__name__)
_RECOVERY_CODE_DIGITS = 8


class FactorRequiredError(Exception):
    """The person can't be without a second factor: `tenants` ask for one."""

    def __init__(self, tenants: Sequence[Tenant]) -> None:
        super().__init__(", ".join(tenant.slug for tenant in tenants))
        self.tenants = list(tenants)


@dataclass(frozen=True, slots=True)
class Client:
    """What a person logs in with."""

    kind: LoginKind
    surface: Surface
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A log-in that succeeded."""

    login: Login
    grant: Grant

    @property
    def user(self) -> User:
        """Who logged in."""
        return self.login.user


def sign_up(*, email: str, password: str, name: str, language: str, address: str) -> None:
    """Begin an account. Whether the address is known is told by mail alone.

    Raises RateLimitedError, PasswordRefusedError.
    """
    attempts.count_sign_up(address)
    attempts.count_mail(email, "sign-up")
    engine().sign_up(email=email, password=password, name=name, language=language)


def confirm(*, email: str, code: str) -> bool:
    """Prove a new account's address. False if others tried to make it as well: the password is chosen
    anew then, by `forgot`. Raises RateLimitedError, WrongCodeError.
    """
    attempts.count_code(email)
    return engine().confirm(email=email, code=code)


def resend(*, email: str, language: str) -> None:
    """Send a new account's code again. Raises RateLimitedError."""
    attempts.count_resend(email)
    engine().resend(email=email, language=language)


def log_in(*, email: str, password: str, client: Client, now: datetime) -> LoggedIn | Challenge:
    """Raises RateLimitedError, WrongCredentialsError, NotConfirmedError, FactorNeededError."""
    attempts.count_log_in(email)
    answer = engine().log_in(email=email, password=password)
    return answer if isinstance(answer, Challenge) else _opened(answer, client, now)


def log_in_proved(grant: Grant, *, client: Client, now: datetime) -> LoggedIn:
    """Open the login of a person who proved elsewhere who they are. Raises WrongCredentialsError for one
    who is shut out.
    """
    return _opened(grant, client, now, is_engines=False)


def answer_challenge(*, token: str, code: str, client: Client, now: datetime) -> LoggedIn:
    """The second step: a TOTP code, or one of the person's recovery codes.

    Raises RateLimitedError, InvalidTokenError, WrongCodeError.
    """
    attempts.count_factor(engine().challenged_email(token))
    if _is_recovery_code(code):
        grant = _recovered(token, code, now)
    else:
        grant = engine().answer_challenge(token=token, code=code)
    return _opened(grant, client, now)


def _recovered(token: str, code: str, now: datetime) -> Grant:
    """What a recovery code grants. Raises InvalidTokenError, WrongCodeError, FactorRemovedError."""
    users: list[User] = []

    def use(user: User) -> None:
        use_recovery_code(user, code=code, now=now)
        users.append(user)

    try:
        return engine().recover(token=token, use=use)
    except FactorRemovedError:
        for user in users:
            _note_factors_gone(user, now=now, told="mfa_disabled")
        raise


def forgot(*, email: str, language: str) -> None:
    """Send a code to choose a new password with. Raises RateLimitedError."""
    attempts.count_mail(email, "reset")
    engine().forgot(email=email, language=language)


def reset(*, email: str, code: str, password: str, now: datetime) -> None:
    """Choose a new password by a code; every login ends. A second factor stays.

    Raises RateLimitedError, WrongCodeError, PasswordRefusedError.
    """
    attempts.count_code(email)
    engine().reset(email=email, code=code, password=password)
    with scopes.public(), transaction.atomic():
        user = User.objects.with_email(email).first()
        if user is not None:
            _end_everything(user, now=now)
            tell(user, "password_changed", now=now)


def refresh(token: str, *, now: datetime) -> LoggedIn:
    """A new access token for a refresh token, which is used up.

    Raises UnknownLoginError, RefreshReusedError, InvalidTokenError.
    """
    with scopes.public():
        waiting = logins.refreshable(token, now=now)
        # The engine first: if it can't be reached, the person's token isn't used up by that.
        grant = _renewed(waiting, now=now) if waiting else None
        login = logins.rotate(token, now=now)
    if grant is None:  # the person was let in again between the two
        raise InvalidTokenError
    return LoggedIn(login, grant)


def logins_of(user: User, *, now: datetime) -> list[Login]:
    """Where the person is logged in, most recently used first. One query."""
    with scopes.public():
        return list(logins.open_logins(user, now=now))


def log_out(login_id: UUID, *, user: User, now: datetime) -> bool:
    """End one login. False if it had ended."""
    with scopes.public():
        waiting = logins.open_logins(user, now=now).filter(id=login_id).first()
        token = _engine_token(waiting) if waiting else ""
        ended = logins.end_login(login_id, user=user, now=now)
    if token:
        _revoke(token)
    return ended is not None


def log_out_by_token(token: str, *, now: datetime) -> None:
    """End the login of a refresh token, of whichever generation. Raises UnknownLoginError."""
    login_id, _generation = logins.named_login(token)
    with scopes.public():
        login = Login.objects.select_related("user").filter(id=login_id).first()
    if login is None or not log_out(login_id, user=login.user, now=now):
        raise logins.UnknownLoginError


def log_out_everywhere(user: User, *, now: datetime, operator: User | None = None) -> None:
    """End all logins and all tokens of a person; on an `operator`'s word, it is told of them."""
    with scopes.public(), transaction.atomic():
        _end_everything(user, now=now)
        audit.record_of_person(
            "person.logged_out_everywhere",
            actor_id=(operator or user).id,
            **({"person": str(user.id)} if operator else {}),
        )
    _revoke_all(user)


def change_password(*, user: User, login: Login | None, old: str, new: str, now: datetime) -> None:
    """Every other login ends. Raises RateLimitedError, WrongCredentialsError, PasswordRefusedError."""
    attempts.count_log_in(user.email)
    engine().change_password(caller_of(user, login), old=old, new=new)
    with scopes.public(), transaction.atomic():
        user.refresh_from_db()
        logins.end_logins(user, now=now, but=login.id if login else None)
        tell(user, "password_changed", now=now)


def begin_email_change(*, user: User, login: Login | None, email: str, password: str) -> None:
    """Send a code to a new address. Raises RateLimitedError, WrongCredentialsError."""
    attempts.count_log_in(user.email)
    attempts.count_mail(email, "change")
    _check_password(user, password)
    engine().begin_email_change(caller_of(user, login), email=email, language=user.language)


def confirm_email_change(
    *, user: User, login: Login | None, email: str, code: str, now: datetime
) -> None:
    """Take the new address; the old one is told, and every other login ends.

    Raises RateLimitedError, WrongCodeError.
    """
    attempts.count_code(email)
    before = user.email
    taken = engine().confirm_email_change(caller_of(user, login), email=email, code=code)
    with scopes.public(), transaction.atomic():
        user.refresh_from_db()
        if user.email != taken:
            user.email = taken
            user.save(update_fields=["email"])
        logins.end_logins(user, now=now, but=login.id if login else None)
        tell(user, "email_changed", now=now, to=before)


def begin_totp(*, user: User, login: Login | None, access_token: str = "") -> str:
    """A new TOTP secret (base 32). Raises AlreadyEnrolledError."""
    return engine().begin_totp(caller_of(user, login, access_token))


def confirm_totp(
    *, user: User, login: Login | None, code: str, now: datetime, access_token: str = ""
) -> list[str]:
    """Turn the second factor on; every other login ends. Returns the recovery codes, shown this once.

    Raises RateLimitedError, WrongCodeError.
    """
    attempts.count_factor(user.email)
    engine().confirm_totp(caller_of(user, login, access_token), code=code)
    with scopes.public(), transaction.atomic():
        user.mfa_enabled_at = now
        user.save(update_fields=["mfa_enabled_at"])
        logins.end_logins(user, now=now, but=login.id if login else None)
        if login is not None:
            login.has_mfa = True
            login.save(update_fields=["has_mfa"])
        tell(user, "mfa_enabled", now=now)
        return _new_recovery_codes(user)


def new_recovery_codes(*, user: User, password: str, now: datetime) -> list[str]:
    """Other recovery codes in place of the old. Raises RateLimitedError, WrongCredentialsError."""
    attempts.count_log_in(user.email)
    _check_password(user, password)
    with scopes.public(), transaction.atomic():
        tell(user, "recovery_codes_renewed", now=now)
        return _new_recovery_codes(user)


def recovery_codes_left(user: User) -> int:
    """How many recovery codes the person still has. One query."""
    with scopes.public():
        row = _recovery_row(user)
        return len(RecoveryCodes(row).get_unused_codes()) if row else 0


def disable_totp(*, user: User, password: str, now: datetime) -> None:
    """Turn the second factor off.

    Raises RateLimitedError, WrongCredentialsError, FactorRequiredError.
    """
    attempts.count_log_in(user.email)
    _check_password(user, password)
    asking = tenants_asking_for_mfa(user)
    if asking:
        raise FactorRequiredError(asking)
    _note_factors_gone(user, now=now, told="mfa_disabled")
    engine().disable_totp(sub=user.cognito_sub or "")


def tenants_asking_for_mfa(user: User) -> list[Tenant]:
    """The person's organisations that ask them for a second factor, by slug. One query."""
    return [
        member.tenant
        for member in memberships_of(user)
        if mfa_is_needed(member.tenant.mfa_policy, member.role)
    ]


def reset_mfa(user: User, *, reason: str, now: datetime) -> None:
    """Take a lost second factor off a person, by an operator: their logins end, and they are told."""
    with scopes.public(), transaction.atomic():
        _note_factors_gone(user, now=now, told="mfa_reset", reason=reason, is_own_act=False)
        _end_everything(user, now=now)
    engine().disable_totp(sub=user.cognito_sub or "")
    _revoke_all(user)


def use_recovery_code(user: User, *, code: str, now: datetime) -> None:
    """Use up one of the person's recovery codes; they are told. Raises WrongCodeError."""
    with scopes.public(), transaction.atomic():
        row = _recovery_row(user)
        if row is None or not RecoveryCodes(row).validate_code(code.replace(" ", "")):
            raise WrongCodeError
        tell(user, "recovery_code_used", now=now)


def caller_of(user: User, login: Login | None, access_token: str = "") -> Caller:
    """The person as the engine is told of them: with the access token that they came with, or one that
    their browser's login is refreshed for.
    """

    def fetched() -> str:
        if access_token:
            return access_token
        if login is None:
            raise InvalidTokenError
        return _renewed(login, now=timezone.now()).access_token

    return Caller(sub=user.cognito_sub or "", email=user.email, access_token=fetched)


def _renewed(login: Login, *, now: datetime) -> Grant:
    """A new grant for a login, whose engine's token may be another one from then on. A login that the
    engine refuses to go on with ends. Raises InvalidTokenError.
    """
    before = _engine_token(login)
    with scopes.public():
        try:
            grant = engine().refresh(
                sub=login.user.cognito_sub or "", engine_token=before, login_id=login.id
            )
        except InvalidTokenError:
            if before:  # a login by SSO has none, and goes on
                logins.end_login(login.id, user=login.user, now=now)
            raise
        if grant.engine_token != before:
            # Not `save()`: it would bring a token back that was forgotten when the login ended.
            login.engine_token = encrypt(grant.engine_token)
            Login.objects.filter(id=login.id, ended_at=None).update(engine_token=login.engine_token)
    return grant


def _opened(grant: Grant, client: Client, now: datetime, *, is_engines: bool = True) -> LoggedIn:
    with scopes.public(), transaction.atomic():
        user = person_of(grant.identity)
        _check_operator(user, grant, client)
        if is_engines and grant.has_mfa != user.has_mfa:
            _follow_engine(user, has_mfa=grant.has_mfa, now=now)
        user.last_login = now
        user.save(update_fields=["last_login"])
        login = logins.open_login(
            login_id=grant.login_id,
            user=user,
            kind=client.kind,
            surface=client.surface,
            has_mfa=grant.has_mfa,
            engine_token=encrypt(grant.engine_token) if grant.engine_token else "",
            user_agent=client.user_agent,
            now=now,
        )
    return LoggedIn(login, grant)


def _follow_engine(user: User, *, has_mfa: bool, now: datetime) -> None:
    """The engine knows best whether there is a second factor: it was set up or turned off there, or we
    were stopped half-way.
    """
    user.mfa_enabled_at = now if has_mfa else None
    user.save(update_fields=["mfa_enabled_at"])
    tell(user, "mfa_enabled" if has_mfa else "mfa_disabled", now=now)


def _check_operator(user: User, grant: Grant, client: Client) -> None:
    """The operators' panel is for super admins with a second factor."""
    if client.surface != Surface.ADMIN:
        return
    if not user.is_superuser:
        raise WrongCredentialsError
    if not grant.has_mfa:
        raise FactorNeededError


def _end_everything(user: User, *, now: datetime) -> None:
    logins.end_logins(user, now=now)
    logins.revoke_tokens(user, now=now)


def _note_factors_gone(
    user: User, *, now: datetime, told: str, reason: str = "", is_own_act: bool = True
) -> None:
    """Our half, before the engine's: were we stopped between the two, a factor would be asked for that
    nobody needs, rather than none that an organisation relies on.
    """
    with scopes.public(), transaction.atomic():
        Authenticator.objects.filter(user_id=user.id).delete()
        user.mfa_enabled_at = None
        user.save(update_fields=["mfa_enabled_at"])
        detail = {"reason": reason} if reason else {}
        tell(user, told, now=now, is_own_act=is_own_act, **detail)


def _new_recovery_codes(user: User) -> list[str]:
    Authenticator.objects.filter(user_id=user.id, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def _recovery_row(user: User) -> Authenticator | None:
    found: Authenticator | None = Authenticator.objects.filter(
        user_id=user.id, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    return found


def _is_recovery_code(code: str) -> bool:
    return len(code.replace(" ", "")) == _RECOVERY_CODE_DIGITS


def _check_password(user: User, password: str) -> None:
    """Raise WrongCredentialsError unless the password is the person's."""
    try:
        answer = engine().log_in(email=user.email, password=password)
    except NotConfirmedError as error:  # a sign-up elsewhere, for a person without a password
        raise WrongCredentialsError from error
    if isinstance(answer, Challenge):
        return
    _revoke(answer.engine_token)  # nobody goes on with it
    if answer.identity.sub != user.cognito_sub:
        raise WrongCredentialsError


def _revoke(engine_token: str) -> None:
    """End what the engine granted, as well as can be: nobody holds it any more but the engine."""
    try:
        engine().revoke(engine_token=engine_token)
    except (EngineBusyError, EngineUnavailableError):
        _log.warning("engine_token_not_revoked")


def _revoke_all(user: User) -> None:
    """The same for all of a person's, once our own end of it is written: that is what counts with us."""

    def revoke() -> None:
        try:
            engine().revoke_all(sub=user.cognito_sub or "")
        except (EngineBusyError, EngineUnavailableError):
            _log.warning("engine_tokens_not_revoked", user=str(user.id))

    if user.cognito_sub:
        transaction.on_commit(revoke)


def _engine_token(login: Login) -> str:
    return decrypt(login.engine_token) if login.engine_token else ""
