"""Where people are logged in: browsers with a session, programs with a refresh token.

A refresh token names its login and a generation, signed. Each refresh raises the generation; a token
of an earlier one was copied or lost its answer, so the whole login ends (RFC 9700, 4.14.2).
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from tenants.enums import LoginKind, Surface
from tenants.models import Login, User
from tenants.models.identity import LONGEST_USER_AGENT

#: A login ends this long after it began, used or not.
LIFETIME = timedelta(days=30)
#: For so long it is known that a login ended: longer than any token of it is good.
KEPT = timedelta(days=7)
_SIGNER = Signer(salt="tenants.refresh", sep=".")


class UnknownLoginError(Exception):
    """A refresh token is none of ours, has expired, or its login has ended."""


class RefreshReusedError(UnknownLoginError):
    """The token was used before: its login has been ended."""


def open_login(
    *,
    user: User,
    kind: LoginKind,
    surface: Surface,
    has_mfa: bool,
    engine_token: str,
    user_agent: str,
    now: datetime,
    login_id: UUID | None = None,
) -> Login:
    """Write down a new login. In the public scope. `engine_token` is encrypted already; `login_id` is
    what the engine's tokens call it.
    """
    return Login.objects.create(
        id=login_id or uuid4(),
        user=user,
        kind=kind,
        surface=surface,
        has_mfa=has_mfa,
        engine_token=engine_token,
        user_agent=user_agent[:LONGEST_USER_AGENT],
        created_at=now,
        last_used_at=now,
        expires_at=now + LIFETIME,
    )


def open_logins(user: User, *, now: datetime) -> QuerySet[Login]:
    """The person's logins that go on, most recently used first."""
    found: QuerySet[Login] = Login.objects.filter(
        user_id=user.id, ended_at=None, expires_at__gt=now
    )
    return found.order_by("-last_used_at", "id")


def refresh_token(login: Login) -> str:
    """The token that this login can be refreshed with next."""
    return _SIGNER.sign(f"{login.id.hex}.{login.generation}")


def csrf_token(login_id: UUID) -> str:
    """What must come along with the refresh cookie: a page of another origin can't know it."""
    return salted_hmac("tenants.refresh-csrf", login_id.hex, algorithm="sha256").hexdigest()


def is_csrf_token(login_id: UUID, token: str) -> bool:
    """Whether `token` is this login's."""
    return constant_time_compare(token, csrf_token(login_id))


def named_login(token: str) -> tuple[UUID, int]:
    """The login and the generation that a refresh token names. Raises UnknownLoginError."""
    try:
        name, _, generation = _SIGNER.unsign(token).partition(".")
        return UUID(name), int(generation)
    except (BadSignature, ValueError) as error:
        raise UnknownLoginError from error


def refreshable(token: str, *, now: datetime) -> Login | None:
    """The login that `rotate` would return for the token, if nothing comes between. In the public scope.

    Raises UnknownLoginError for a token that is none of ours.
    """
    login_id, generation = named_login(token)
    found: QuerySet[Login] = Login.objects.select_related("user").filter(
        id=login_id, generation=generation, ended_at=None, expires_at__gt=now, user__is_active=True
    )
    return found.first()


def rotate(token: str, *, now: datetime) -> Login:
    """Use a refresh token up and return its login in the next generation. In the public scope.

    Raises UnknownLoginError, RefreshReusedError.
    """
    login_id, generation = named_login(token)
    with transaction.atomic():
        login = _locked(login_id, now=now)
        reused = login is not None and login.generation != generation
        if login is not None and reused:
            _end(Login.objects.filter(id=login.id), now=now)
        elif login is not None:
            login.generation, login.last_used_at = generation + 1, now
            login.save(update_fields=["generation", "last_used_at"])
    # Raised after the commit: the end of a stolen login must last.
    if reused:
        raise RefreshReusedError
    if login is None:
        raise UnknownLoginError
    return login


def _locked(login_id: UUID, *, now: datetime) -> Login | None:
    rows: QuerySet[Login] = Login.objects.select_for_update(of=("self",)).select_related("user")
    # A log-in that was under way when everything was revoked has opened its login since.
    is_valid = Q(user__tokens_valid_after=None) | Q(created_at__gte=F("user__tokens_valid_after"))
    return (
        rows.filter(is_valid, id=login_id, ended_at=None, expires_at__gt=now)
        .filter(user__is_active=True)
        .first()
    )


def end_login(login_id: UUID, *, user: User, now: datetime) -> Login | None:
    """End one login of the person; None if there is none such. In the public scope."""
    with transaction.atomic():
        found = open_logins(user, now=now).filter(id=login_id).select_for_update().first()
        if found is not None:
            _end(Login.objects.filter(id=found.id), now=now)
    return found


def end_logins(user: User, *, now: datetime, but: UUID | None = None) -> int:
    """End all of a person's logins, or all but one. Returns how many. In the public scope."""
    ending = open_logins(user, now=now)
    return _end(ending.exclude(id=but) if but else ending, now=now)


def revoke_tokens(user: User, *, now: datetime) -> None:
    """No access token issued before `now` is good any more. In the public scope."""
    user.tokens_valid_after = now
    user.save(update_fields=["tokens_valid_after"])


def purge_logins(*, now: datetime) -> int:
    """Delete logins that ended or expired more than `KEPT` ago; how many. In the public scope."""
    over = Q(ended_at__lt=now - KEPT) | Q(expires_at__lt=now - KEPT)
    return int(Login.objects.filter(over).delete()[0])


def _end(logins: QuerySet[Login], *, now: datetime) -> int:
    return logins.order_by().update(ended_at=now, engine_token="")
