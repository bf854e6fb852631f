"""A browser's login: named in its session, and looked up with the person at each request."""

from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from tenants import scopes
from tenants.models import Login, User
from tenants.requests import SurfaceRequest

_LOGIN = "login"
_SUB = "sub"
#: How exactly `last_used_at` is kept: not each page is a write.
_RESOLUTION = timedelta(minutes=10)


def begin_session(request: HttpRequest, login: Login) -> None:
    """Make this browser the login's, under a new session key and a new CSRF token."""
    # Read before it is emptied: a key of another surface's session is none of ours to delete.
    request.session.get(_LOGIN)
    request.session.flush()
    request.session[_LOGIN] = str(login.id)
    request.session[_SUB] = login.user.cognito_sub
    cast("SurfaceRequest", request).login = login
    request.user = login.user
    rotate_token(request)


def login_of(request: HttpRequest) -> Login | None:
    """The login of this browser; None for a program and for a stranger."""
    asked = cast("SurfaceRequest", request)
    return asked.login if asked.user.is_authenticated else None  # asking for the person finds it


def is_operator(request: HttpRequest) -> bool:
    """Whether this browser's login is a super admin's who gave a second factor."""
    login = login_of(request)
    if login is None or not login.user.is_superuser:
        return False
    return login.has_mfa and login.user.has_mfa


def end_session(request: HttpRequest) -> None:
    """Forget the login."""
    request.session.flush()
    rotate_token(request)


def session_login(request: SurfaceRequest, *, now: datetime) -> Login | None:
    """The login that this browser's session names, if it goes on: sub → user, and neither ended nor
    revoked. Enters the public scope; one query.
    """
    session: Any = request.session
    name, sub = session.get(_LOGIN), session.get(_SUB)
    if not name or not sub:
        return None
    with scopes.public():
        login: Login | None = (
            Login.objects.select_related("user")
            .filter(id=UUID(name), surface=request.surface, ended_at=None, expires_at__gt=now)
            .filter(user__cognito_sub=sub, user__is_active=True)
            .first()
        )
        if login is None or _is_revoked(login, login.user):
            return None
        if login.last_used_at < now - _RESOLUTION:
            Login.objects.filter(id=login.id).update(last_used_at=now)
    return login


def _is_revoked(login: Login, user: User) -> bool:
    return user.tokens_valid_after is not None and login.created_at < user.tokens_valid_after
