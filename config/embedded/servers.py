"""The embedded servers of a state, shared by everybody who needs them at the same time."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config.embedded.environment import Given, variables, with_variables
from config.embedded.errors import BrokenStateError, ServerFailedError
from config.embedded.locks import FileLock
from config.embedded.postgres import Postgres
from config.embedded.state import State, broken, open_state, state_folder
from config.embedded.valkey import Valkey


class Servers:
    """Those servers of a state that the environment doesn't name; None for each that it does."""

    def __init__(self, state: State, given: Given, settings: Mapping[str, str]) -> None:
        self.state = state
        self.postgres = None if given.postgres else Postgres(state, settings)
        self.valkey = None if given.valkey else Valkey(state)

    @property
    def data_root(self) -> Path:
        """The folder with the servers' data: the state's own, or one outside it."""
        return self.state.data_root()

    def ensure(self) -> None:
        """Start what doesn't run. Call inside `state.starting()`."""
        if self.postgres is not None:
            self.postgres.ensure()
        if self.valkey is not None:
            self.valkey.ensure()

    def revive(self) -> list[str]:
        """Start servers that died, on the ports they had; returns their names, [] mostly."""
        dead = [
            (name, server)
            for name, server in (("postgresql", self.postgres), ("valkey", self.valkey))
            if server is not None and server.process() is None
        ]
        if dead:
            with self.state.starting():
                for name, server in dead:
                    port = server.port
                    server.ensure()
                    # Everybody was told the old one.
                    if server.port != port:
                        raise ServerFailedError(f"{name} ended and port {port} was taken since")
        return [name for name, _ in dead]

    def stop(self) -> None:
        """Stop all that runs. Call inside `state.starting()`."""
        # Valkey first: PostgreSQL's stop may take seconds, and nobody is left to need either.
        if self.valkey is not None:
            self.valkey.stop()
        if self.postgres is not None:
            self.postgres.stop()


@contextmanager
def running(
    folder: Path | None = None, *, postgres_settings: Mapping[str, str] | None = None
) -> Iterator[Servers]:
    """Have the servers of the state in `folder` (default: SOUQNA_STATE) inside the block.

    They are started, or adopted when somebody else's run or were left by a killed process; the
    last user stops them. `os.environ` gets what Django's settings need, for the block's duration:
    DATABASE_URL, DATABASE_OWNER_URL, REDIS_URL, CACHE_URL and SECRET_KEY unless they are set, and
    SOUQNA_STATE as an absolute path. A server whose URL is set already isn't started.
    `postgres_settings` (PostgreSQL parameters) count only if it is this call that starts it.

    Raises EmbeddedError with one line for the person.
    """
    given = Given.found_in(os.environ)
    state = _with_secrets(folder)
    with state.users() as users:
        servers = Servers(state, given, postgres_settings or {})
        try:
            _join(servers, users)
            with with_variables(variables(servers.state, servers.postgres, servers.valkey)):
                yield servers
        finally:
            _leave(servers, users)


@contextmanager
def secrets_only(folder: Path | None = None) -> Iterator[None]:
    """Like `running()`, for commands that need settings but no server: nothing is started."""
    given = Given.found_in(os.environ)
    state = _with_secrets(folder)
    servers = Servers(state, given, {})
    with with_variables(variables(state, servers.postgres, servers.valkey)):
        yield


def _with_secrets(folder: Path | None) -> State:
    state = open_state(folder or state_folder())
    try:
        with state.starting():
            state.secrets()
    except OSError as error:
        raise broken(state.path, error) from error
    return state


def _join(servers: Servers, users: FileLock) -> None:
    try:
        with servers.state.starting():
            # Held alone only inside `starting()`, so this can't fail.
            users.try_share()
            servers.ensure()
    except (OSError, UnicodeError) as error:
        if isinstance(error, OSError):
            raise broken(servers.state.path, error) from error
        raise BrokenStateError(f"{servers.state.path} is damaged: {error}") from error


def _leave(servers: Servers, users: FileLock) -> None:
    with servers.state.starting():
        if users.try_alone():
            servers.stop()
