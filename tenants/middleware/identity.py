"""Who asks: `cognito_sub` → person, from an access token or from a browser's session.

On an API of `app.` a bearer token decides alone: with one that is no good, a session doesn't count.
Whether the person is a member of the tenant is `members.py`'s to say.
"""

from typing import cast

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from tenants import scopes
from tenants.enums import Surface
from tenants.identity.browser import session_login
from tenants.identity.port import EngineUnavailableError, InvalidTokenError
from tenants.identity.tokens import AccessToken, verified
from tenants.middleware.sessions import is_staff_surface
from tenants.models import Login, User
from tenants.requests import SurfaceRequest
from tenants.views.problems import is_api_path, problem_response

_SCHEME = "bearer"


class IdentityMiddleware(AuthenticationMiddleware):
    """Sets `request.user`, `request.access` (a verified token or None) and, for sessions,
    `request.login`.
    """

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:  # type: ignore[override]  # Django's never answers
        """Find out who asks; 503 while tokens can't be verified."""
        if not is_staff_surface(request):
            return None
        asked = cast("SurfaceRequest", request)
        asked.access, asked.is_token_bad, asked.login = None, False, None
        token = _bearer(asked)
        if token is None:
            asked.user = SimpleLazyObject(lambda: _session_user(asked))  # type: ignore[assignment]  # Django does the same
            return None
        try:
            _identify(asked, token)
        except EngineUnavailableError:
            return problem_response(request, status=503, code="unavailable")
        return None

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """What somebody sees who is logged in is kept by no cache, unless the view says otherwise."""
        if getattr(request, "login", None) or getattr(request, "access", None):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def _identify(request: SurfaceRequest, token: str) -> None:
    request.user = AnonymousUser()
    try:
        access = verified(token)
        request.login = _login(access)
        request.user = request.login.user if request.login else _person(access)
        if not request.user.is_active or access.is_revoked(request.user.tokens_valid_after):
            raise InvalidTokenError
        request.access = token
    except InvalidTokenError:
        request.user, request.login, request.is_token_bad = AnonymousUser(), None, True


def _login(access: AccessToken) -> Login | None:
    """The login that a token comes from, with its person; None if we know of none. Raises
    InvalidTokenError for one that has ended. One query.
    """
    if access.login_id is None:
        return None
    with scopes.public():
        login = Login.objects.select_related("user").filter(id=access.login_id).first()
    if login is not None and (login.ended_at or login.user.cognito_sub != access.sub):
        raise InvalidTokenError
    return login


def _person(access: AccessToken) -> User:
    """The person of a token that names no login of ours. Raises InvalidTokenError. One query."""
    with scopes.public():
        user: User | None = User.objects.filter(cognito_sub=access.sub).first()
    if user is None:
        raise InvalidTokenError
    return user


def _session_user(request: SurfaceRequest) -> User | AnonymousUser:
    request.login = session_login(request, now=timezone.now())
    return request.login.user if request.login else AnonymousUser()


def _bearer(request: SurfaceRequest) -> str | None:
    """The token of an API request on `app.`, or None. The scheme alone has an empty one."""
    header: str = request.META.get("HTTP_AUTHORIZATION", "")
    if not header or request.surface != Surface.APP or not is_api_path(request):
        return None
    scheme, token = header[: len(_SCHEME)], header[len(_SCHEME) :]
    return token.strip() if scheme.lower() == _SCHEME and not token[:1].strip() else None
