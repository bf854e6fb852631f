"""Browser sessions, kept in the public schema whatever scope the view is in."""

import re
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

from tenants import scopes

_SURFACE = "surface"
_KEY = re.compile(r"[a-z0-9]{32}\Z")


class SessionStore(DatabaseSessionStore):
    """Django's database sessions. Their statements run in the public scope.

    A session is of one surface: its key opens nothing on another, whoever carries the cookie there.
    """

    def __init__(self, session_key: str | None = None, *, surface: str = "") -> None:
        super().__init__(session_key)
        self.surface = surface

    def _validate_session_key(self, key: str | None) -> bool:
        # Ours are 32 of these; Django would hand any longer text, NUL and all, to the database.
        return bool(key) and _KEY.match(key or "") is not None

    def load(self) -> dict[str, Any]:
        """The session's data; nothing, and a new key to come, if it is another surface's."""
        with scopes.public():
            data: dict[str, Any] = super().load()
        if data and data.pop(_SURFACE, None) != self.surface:
            self._session_key = None
            return {}
        return data

    def encode(self, session_dict: dict[str, Any]) -> str:
        """The data as it is kept, with its surface."""
        return super().encode({**session_dict, _SURFACE: self.surface})

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
