"""The refresh token's cookie: for this host and its API alone, unseen by scripts and other sites."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tenants.domain.logins import refresh_token
from tenants.models import Login


def set_refresh_cookie(request: HttpRequest, response: HttpResponse, login: Login) -> None:
    """Give the login's next refresh token. `__Host-` asks for the path `/`."""
    response.set_cookie(
        settings.REFRESH_COOKIE_NAME,
        refresh_token(login),
        max_age=login.expires_at - timezone.now(),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def drop_refresh_cookie(response: HttpResponse) -> None:
    """Take it back, under the flags that it was set with: a browser keeps a `__Host-` one otherwise."""
    response.set_cookie(
        settings.REFRESH_COOKIE_NAME,
        "",
        max_age=0,
        expires="Thu, 01 Jan 1970 00:00:00 GMT",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
