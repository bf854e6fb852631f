"""Scopes: on whose behalf the code at hand talks to the database.

A scope is one of three kinds: a tenant's, `public` (shared tables on nobody's behalf, or one
person's) and `platform` (the operators). It lives in a context variable, so it follows threads
started by asgiref and never outlives the `with` block that made it. With none set, any statement is
refused (`NoScopeError`): forgetting fails closed.

The database enforces what a scope may touch: `tenants.db` applies the scope's role, search path and
settings in front of the first statement of each transaction.
"""

import base64
import re
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import Literal, ParamSpec, TypeVar, cast
from uuid import UUID

from django.conf import settings

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
Kind = Literal["tenant", "public", "platform"]

_SAFE_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,29}\Z")


class NoScopeError(RuntimeError):
    """A statement, queryset, cache key or task met no scope."""


class WrongScopeError(RuntimeError):
    """Something made in one scope was used in another."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope, and the SQL that applies it for the rest of a transaction."""

    kind: Kind
    role: str
    tenant_id: UUID | None = None
    user_id: UUID | None = None
    statement: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Compile the statement once; the parts are ours, never a client's."""
        path = f'"{schema_name(self.tenant_id)}", public' if self.tenant_id else "public"
        object.__setattr__(
            self,
            "statement",
            f"SELECT set_config('role', '{self.role}', true), "
            f"set_config('search_path', '{path}', true), "
            f"set_config('app.current_tenant', '{self.tenant_id or ''}', true), "
            f"set_config('app.current_user', '{self.user_id or ''}', true)",
        )

    @property
    def key(self) -> str:
        """What cache and storage keys begin with: the tenant's id, or the kind."""
        return str(self.tenant_id) if self.tenant_id else self.kind

    def as_header(self) -> dict[str, str]:
        """The scope as it travels with a task."""
        return {
            "kind": self.kind,
            "tenant_id": str(self.tenant_id or ""),
            "user_id": str(self.user_id or ""),
        }


_ID_NAMES = ("tenant_id", "user_id")


def restored(header: dict[str, str]) -> Scope:
    """The scope that `as_header` wrote. Raises NoScopeError on a header that is none."""
    try:
        tenant_id, user = (UUID(text) if (text := header.get(name)) else None for name in _ID_NAMES)
    except (ValueError, TypeError, AttributeError) as error:
        raise NoScopeError(f"{header!r} is no scope") from error
    match header.get("kind"):
        case "tenant" if tenant_id:
            return _tenant_scope(tenant_id, user)
        case "public":
            return _public_scope(user)
        case "platform":
            return _platform_scope()
    raise NoScopeError(f"{header!r} is no scope")


_current: ContextVar[Scope | None] = ContextVar("souqna_scope", default=None)


def active() -> Scope | None:
    """The scope in force, or None."""
    return _current.get()


def current() -> Scope:
    """The scope in force. Raises NoScopeError."""
    scope = _current.get()
    if scope is None:
        message = "no scope is set: enter tenants.scopes.tenant(), public() or platform() first"
        raise NoScopeError(message)
    return scope


def current_tenant_id() -> UUID:
    """The id of the tenant in force. Raises NoScopeError outside a tenant's scope."""
    tenant_id = current().tenant_id
    if tenant_id is None:
        message = f"a tenant's scope is needed here, not {current().kind!r}"
        raise NoScopeError(message)
    return tenant_id


@contextmanager
def entered(scope: Scope | None) -> Iterator[None]:
    """Run the block in `scope`; None runs it in no scope at all."""
    token = _current.set(scope)
    try:
        yield
    finally:
        _current.reset(token)


def tenant(tenant_id: UUID, *, user_id: UUID | None = None) -> AbstractContextManager[None]:
    """Enter the scope of the tenant with this id, on behalf of the user if one is given."""
    return entered(_tenant_scope(tenant_id, user_id))


def public(*, user_id: UUID | None = None) -> AbstractContextManager[None]:
    """Enter the scope of the shared tables, on behalf of the user if one is given."""
    return entered(_public_scope(user_id))


def platform() -> AbstractContextManager[None]:
    """Enter the scope of the platform's operators: all shared rows, no tenant's schema."""
    return entered(_platform_scope())


def settle_on_platform() -> None:
    """Be in the platform's scope until the thread ends: for a process that does nothing else."""
    _current.set(_platform_scope())


def nowhere() -> AbstractContextManager[None]:
    """Leave every scope for the block: what runs there must enter its own."""
    return entered(None)


def bound(function: Callable[P, R]) -> Callable[P, R]:
    """`function`, to be called later in the scope that is in force now."""
    scope = active()

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with entered(scope):
            return function(*args, **kwargs)

    return run


def streamed(items: Iterable[T]) -> Iterator[T]:
    """`items`, each step of reading them taken in the scope in force now.

    A `with` block inside a generator would leave its scope set in whoever reads the generator, so a
    streamed response, which is read after the middleware has left, goes through here instead.
    """
    scope = active()
    iterator = iter(items)
    finished = object()

    def step() -> object:
        with entered(scope):
            return next(iterator, finished)

    return cast("Iterator[T]", iter(step, finished))


def streamed_async(items: AsyncIterable[T]) -> AsyncIterator[T]:
    """The same for an asynchronous iterator."""
    scope = active()
    iterator = aiter(items)

    async def steps() -> AsyncIterator[T]:
        while True:
            with entered(scope):
                try:
                    item = await anext(iterator)
                except StopAsyncIteration:
                    return
            yield item

    return steps()


def schema_name(tenant_id: UUID | None) -> str:
    """`t_` and the id in base 32: a tenant's schema, named from what never changes."""
    if tenant_id is None:
        return "public"
    return "t_" + base64.b32encode(tenant_id.bytes).decode().rstrip("=").lower()


def role_name(suffix: str) -> str:
    """The database role `suffix` of this installation: `{prefix}_{suffix}`."""
    prefix = settings.DATABASE_ROLE_PREFIX
    if not _SAFE_PREFIX.match(prefix):
        message = f"DATABASE_ROLE_PREFIX {prefix!r} must match [a-z][a-z0-9_]{{0,29}}"
        raise ValueError(message)
    return f"{prefix}_{suffix}"


def tenant_role(tenant_id: UUID) -> str:
    """The role of the tenant with this id."""
    return role_name(schema_name(tenant_id))


@lru_cache(maxsize=4096)
def _tenant_scope(tenant_id: UUID, user_id: UUID | None) -> Scope:
    return Scope("tenant", tenant_role(tenant_id), _id(tenant_id), _id(user_id))


@lru_cache(maxsize=1024)
def _public_scope(user_id: UUID | None) -> Scope:
    return Scope("public", role_name("public"), user_id=_id(user_id))


@lru_cache(maxsize=1)
def _platform_scope() -> Scope:
    return Scope("platform", role_name("platform"))


def _id(value: UUID | None) -> UUID | None:
    # It becomes part of a statement: a UUID in earnest, whatever the caller's types promise.
    return None if value is None else UUID(str(value))
