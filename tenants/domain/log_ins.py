"""Logging in with e-mail and password, on `app.` and `admin.` alike."""

from django.contrib.auth import authenticate, login
from django.http import HttpRequest

from tenants import scopes
from tenants.gateways.rate_limits import RateLimit
from tenants.models import User

_ATTEMPTS = RateLimit("log-in", amount=10, seconds=300)


class WrongCredentialsError(Exception):
    """No active person has this e-mail and password; which of the two is wrong isn't told."""


def count_attempt(email: str) -> None:
    """Count one attempt on an account, there or not, on whichever surface. Raises RateLimitedError."""
    with scopes.public():
        _ATTEMPTS.hit(email.strip().lower())


def log_in(request: HttpRequest, *, email: str, password: str) -> User:
    """Open a session of the request's surface, under a new key.

    Raises RateLimitedError and WrongCredentialsError.
    """
    count_attempt(email)
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        raise WrongCredentialsError
    with scopes.public():
        login(request, user)
    return user
