"""Django's password check, whose statements run in the public scope."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from tenants import scopes
from tenants.models import User


class PublicScopeBackend(ModelBackend):
    """E-mail and password, over the users table, which no tenant's role can read."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The active user with these credentials, or None."""
        with scopes.public():
            user = super().authenticate(request, username=username, password=password, **kwargs)
        return user if isinstance(user, User) else None

    def get_user(self, user_id: Any) -> User | None:
        """The active user with this id, or None."""
        with scopes.public():
            user = super().get_user(user_id)
        return user if isinstance(user, User) else None
