"""Browser sessions, kept in the public schema whatever scope the view is in."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

from tenants import scopes


class SessionStore(DatabaseSessionStore):
    """Django's database sessions. Their statements run in the public scope."""

    def load(self) -> dict[str, Any]:
        """The session's data."""
        with scopes.public():
            return super().load()

    def exists(self, session_key: str) -> bool:
        """Whether the key is taken."""
        with scopes.public():
            return super().exists(session_key)

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 (Django's signature)
        """Write the session."""
        with scopes.public():
            super().save(must_create=must_create)

    def delete(self, session_key: str | None = None) -> None:
        """Delete the session."""
        with scopes.public():
            super().delete(session_key)

    @classmethod
    def clear_expired(cls) -> None:
        """Delete what has expired."""
        with scopes.public():
            super().clear_expired()
