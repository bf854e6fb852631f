"""Between the process environment and the embedded servers.

Together with `config/settings` the only place that reads or sets environment variables.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from config.embedded.errors import EmbeddedError
from config.embedded.postgres import APP, OWNER, Postgres
from config.embedded.state import State
from config.embedded.valkey import BROKER_DATABASE, CACHE_DATABASE, Valkey


@dataclass(frozen=True, slots=True)
class Given:
    """Which servers the environment names, so that we needn't start them."""

    postgres: bool
    valkey: bool

    @classmethod
    def found_in(cls, environment: Mapping[str, str]) -> Self:
        """Read the variables; an empty one counts as unset. Raises EmbeddedError."""
        postgres = bool(environment.get("DATABASE_URL"))
        if environment.get("DATABASE_OWNER_URL") and not postgres:
            raise EmbeddedError("DATABASE_OWNER_URL is set without DATABASE_URL: set both or none")
        return cls(postgres=postgres, valkey=bool(environment.get("REDIS_URL")))


def variables(state: State, postgres: Postgres | None, valkey: Valkey | None) -> dict[str, str]:
    """What to set: for the embedded servers, and what can be derived from the given ones."""
    found = {"SOUQNA_STATE": str(state.path)}
    defaults = {"SECRET_KEY": state.secrets().secret_key}
    if postgres is not None:
        defaults["DATABASE_URL"] = postgres.url(APP)
        defaults["DATABASE_OWNER_URL"] = postgres.url(OWNER)
    if valkey is not None:
        defaults["REDIS_URL"] = valkey.url(BROKER_DATABASE)
        defaults["CACHE_URL"] = valkey.url(CACHE_DATABASE)
    else:
        defaults["CACHE_URL"] = cache_url(os.environ["REDIS_URL"])
    return found | {name: value for name, value in defaults.items() if not os.environ.get(name)}


def cache_url(redis_url: str) -> str:
    """The cache's database on the server of `redis_url`; a socket's URL is left as it is."""
    parts = urlsplit(redis_url)
    if not parts.hostname:
        return redis_url
    path = f"/{CACHE_DATABASE}"
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, parts.fragment))


@contextmanager
def with_variables(values: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables inside the block and put back what was there."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
