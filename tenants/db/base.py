"""The `tenants.db` database engine: django-tenants' backend, with the scope applied by statement.

Before each statement the cursor compares the scope in force (`tenants.scopes`) with the one applied
to the running transaction and, where they differ, puts one `SELECT set_config(…, true)` in front of
it, in the same simple query. Every setting is transaction-local, so nothing outlives a transaction:
not on a kept connection, not in psycopg's pool, not behind PgBouncer in transaction mode.

Outside `atomic()` the settings and the statement share one implicit transaction. Inside, a transaction's
`BEGIN` rides in that message as well, where psycopg would spend a round trip on it (`_begun_by`).
"""

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql.base import (  # type: ignore[attr-defined]  # noqa: TID251 (absent from the stubs; this is the backend)
    Cursor,
    ServerSideCursor,
)
from django.db.utils import InterfaceError
from django_tenants.postgresql_backend.base import DatabaseWrapper as DjangoTenantsWrapper
from psycopg import Connection, Error, sql
from psycopg.pq import TransactionStatus

from tenants import scopes

# Statements of Django's own transaction bookkeeping. They read no rows, and Django's TestCase sends
# them where no scope can be.
# SET TRANSACTION must come before any query, so before the scope's own SELECT as well.
_EXEMPT = (
    "SAVEPOINT ",
    "RELEASE SAVEPOINT ",
    "ROLLBACK TO SAVEPOINT ",
    "SET CONSTRAINTS ALL ",
    "SET TRANSACTION ",
)
# A cursor declared in one scope and read in another yields the other's rows, and a transaction ended
# behind our back takes the settings with it.
# A setting of the session would outlive the transaction; of the local ones, the scope's are not to be
# touched, in no spelling.
_REFUSED = re.compile(
    r"(?:BEGIN|START|COMMIT|END|ABORT|ROLLBACK|PREPARE\s+TRANSACTION|DECLARE|FETCH|MOVE|DISCARD|RESET)\b"
    r"|SET\b(?!\s+(?:CONSTRAINTS|TRANSACTION)\s"
    r"|\s+LOCAL\s+(?!(?:ROLE|SESSION|SCHEMA|search_path)\b|app\.)[a-z])",
    re.IGNORECASE,
)
_BLANK = re.compile(r"(?:[\s;]|--[^\n]*(?:\n|\Z))*")
_COMMENT_MARK = re.compile(r"/\*|\*/")


def _text(query: Any) -> str:
    """A query as text, for looking at its first words. Raises InterfaceError."""
    if isinstance(query, str):
        return query
    if isinstance(query, bytes):
        return query.decode("utf-8", "replace")
    if isinstance(query, sql.Composable):
        return query.as_string()
    message = f"a statement is text, bytes or psycopg.sql, not {type(query).__name__}"
    raise InterfaceError(message)


def _refuse_control(text: str) -> None:
    """Raise InterfaceError on a statement that would change the scope or end its transaction."""
    words = _without_comments(text)
    if _REFUSED.match(words):
        message = f"use atomic(), iterator() and scopes instead of {words.split()[0]!r}"
        raise InterfaceError(message)


def _without_comments(text: str) -> str:
    """The text from its first word on."""
    match = _BLANK.match(text)
    start = match.end() if match else 0
    while text.startswith("/*", start):
        depth = 0
        for mark in _COMMENT_MARK.finditer(text, start):
            depth += 1 if mark[0] == "/*" else -1
            start = mark.end()
            if depth == 0:
                break
        else:
            return ""
        match = _BLANK.match(text, start)
        start = match.end() if match else start
    return text[start:]


def _is_exempt(text: str) -> bool:
    return not text or (text.startswith(_EXEMPT) and ";" not in text)


def _joined(statement: str, query: Any) -> Any:
    """The scope's statement and the query as one simple query."""
    if isinstance(query, bytes):
        return statement.encode() + b"; " + query
    if isinstance(query, sql.Composable):
        return sql.SQL(statement + "; ") + query
    return f"{statement}; {query}"


class _Applied:
    """What is applied to a connection's running transaction, kept on the connection itself."""

    @staticmethod
    def get(connection: Connection[Any]) -> scopes.Scope | None:
        if connection.pgconn.transaction_status == TransactionStatus.IDLE:
            return None  # committed, rolled back or never begun: the settings are gone
        return getattr(connection, "souqna_scope", None)

    @staticmethod
    def set(connection: Connection[Any], scope: scopes.Scope | None) -> None:
        connection.souqna_scope = scope  # type: ignore[attr-defined]  # our own mark


class ScopedCursor(Cursor):  # type: ignore[misc]  # Django's cursor classes are untyped
    """A cursor whose every statement runs in the scope in force when it is executed."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "ScopedCursor":
        """Execute `query` in the current scope. Raises NoScopeError without one."""
        text = _text(query)
        if _is_exempt(text):
            # The statement may open a transaction (nested blocks begin with a savepoint): what was
            # applied to the one before must not count for it. ROLLBACK TO undoes SET LOCAL as well.
            undone = text.startswith("ROLLBACK")
            _Applied.set(self.connection, None if undone else _Applied.get(self.connection))
            super().execute(query, params, **options)
            return self
        _refuse_control(text)
        scope = scopes.current()
        if _Applied.get(self.connection) == scope:
            super().execute(query, params, **options)
            return self
        # Marked only once it has worked: a parameter that psycopg can't send (a NUL, a missing value)
        # fails before anything is sent, and leaves the transaction alive in the scope it had.
        _Applied.set(self.connection, None)
        if _begins_plainly(self.connection):
            with _begun_by(self.connection):
                super().execute(_joined(f"BEGIN; {scope.statement}", query), params, **options)
            self.nextset()
        else:
            super().execute(_joined(scope.statement, query), params, **options)
        _Applied.set(self.connection, scope)
        self.nextset()
        return self

    def executemany(self, query: Any, params_seq: Iterable[Any], **options: Any) -> None:
        """Execute `query` once for each of `params_seq`. Needs `atomic()`."""
        self._apply_alone("executemany()", query)
        super().executemany(query, params_seq, **options)

    def copy(self, statement: Any, params: Any = None, **options: Any) -> Any:
        """Start a COPY. Needs `atomic()`."""
        self._apply_alone("COPY", statement)
        return super().copy(statement, params, **options)

    def stream(self, query: Any, params: Any = None, **options: Any) -> Any:
        """Execute `query` row by row. Needs `atomic()`."""
        self._apply_alone("stream()", query)
        return super().stream(query, params, **options)

    def _apply_alone(self, what: str, query: Any) -> None:
        _refuse_control(_text(query))
        apply_scope(self.connection, what)


class ScopedServerSideCursor(ServerSideCursor):  # type: ignore[misc]  # untyped base
    """A named cursor (`iterator()`) that is read in the scope that declared it, or not at all."""

    declared_in: scopes.Scope

    def execute(self, query: Any, params: Any = None, **options: Any) -> "ScopedServerSideCursor":
        """Declare the cursor in the current scope. Needs `atomic()`."""
        self.declared_in = scopes.current()
        apply_scope(self.connection, "a server-side cursor")
        super().execute(query, params, **options)
        return self

    def fetchone(self) -> Any:
        """The next row."""
        self._check()
        return super().fetchone()

    def fetchmany(self, size: int = 0) -> Any:
        """The next `size` rows."""
        self._check()
        return super().fetchmany(size)

    def fetchall(self) -> Any:
        """All remaining rows."""
        self._check()
        return super().fetchall()

    def __iter__(self) -> Iterator[Any]:
        self._check()
        for row in super().__iter__():
            yield row
            self._check()

    def scroll(self, value: int, mode: str = "relative") -> None:
        """Move the cursor."""
        self._check()
        super().scroll(value, mode)

    def _check(self) -> None:
        if scopes.active() != self.declared_in:
            message = f"a cursor of {self.declared_in} was read in {scopes.active()}"
            raise scopes.WrongScopeError(message)
        apply_scope(self.connection, "a server-side cursor")


def apply_scope(connection: Connection[Any], what: str) -> None:
    """Apply the scope by a statement of its own, for what can't carry it in front.

    Raises InterfaceError outside a transaction, where the settings would end before `what` began.
    """
    scope = scopes.current()
    if connection.autocommit and connection.pgconn.transaction_status == TransactionStatus.IDLE:
        message = f"{what} needs transaction.atomic(): its scope ends with the transaction"
        raise InterfaceError(message)
    if _Applied.get(connection) != scope:
        Cursor(connection).execute(scope.statement)
        _Applied.set(connection, scope)


def _begins_plainly(connection: Connection[Any]) -> bool:
    """Whether the next statement opens a transaction, by `BEGIN` and nothing more."""
    return (
        not connection.autocommit
        and connection.pgconn.transaction_status == TransactionStatus.IDLE
        and (connection.isolation_level, connection.read_only, connection.deferrable) == (None,) * 3
    )


@contextmanager
def _begun_by(connection: Connection[Any]) -> Iterator[None]:
    """Let the message sent in the block open the transaction. Everything else (savepoints, COPY, named
    cursors, other cursors) has psycopg send its `BEGIN` in front, as ever.
    """
    connection.souqna_begins = True  # type: ignore[attr-defined]  # our own mark
    try:
        yield
    except Error as error:
        # A syntax error: the server read the message as a whole, so it began nothing. As after any
        # other failure, the transaction is to be open, and good for nothing but a rollback.
        if error.sqlstate and connection.pgconn.transaction_status == TransactionStatus.IDLE:
            with suppress(Error):
                Cursor(connection).execute("BEGIN; ROLLBACK TO SAVEPOINT failed_before_it_began")
        raise
    finally:
        connection.souqna_begins = False  # type: ignore[attr-defined]


def _patient(connection: Connection[Any]) -> Callable[[], Generator[Any, Any, None]]:
    """Psycopg's sending of `BEGIN` for `connection`, left out where our own message has it."""

    def start_query() -> Generator[Any, Any, None]:
        if not connection.souqna_begins:  # type: ignore[attr-defined]  # our own mark
            yield from Connection._start_query(connection)  # noqa: SLF001 (psycopg's one place for it)

    return start_query


def _forgetful(connection: Connection[Any]) -> Callable[..., Any]:
    """Psycopg's own `transaction()` for `connection` (its `TypeInfo.fetch()` needs it). It begins,
    and rolls savepoints back with the scope's settings, where no cursor sees it: nothing that was
    applied before counts inside or after it.
    """

    @contextmanager
    def transaction(*args: Any, **kwargs: Any) -> Iterator[Any]:
        try:
            with Connection.transaction(connection, *args, **kwargs) as block:
                _Applied.set(connection, None)
                yield block
        finally:
            _Applied.set(connection, None)

    return transaction


@contextmanager
def _stock_cursors(connection: Connection[Any]) -> Iterator[None]:
    """Let Django set up or probe a connection, which needs no scope and reads no rows."""
    connection.cursor_factory = Cursor
    try:
        yield
    finally:
        connection.cursor_factory = ScopedCursor


class DatabaseWrapper(DjangoTenantsWrapper):
    """django-tenants' wrapper whose schema is the scope's; nothing is kept on the connection."""

    #: SQL without parameters that is to be sent in front of the next COMMIT, in the same message.
    parting = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._initialising = True
        super().__init__(*args, **kwargs)
        self._initialising = False

    @property
    def schema_name(self) -> str:
        """The schema of the scope in force (`public` with none); introspection reads it."""
        scope = scopes.active()
        return scopes.schema_name(scope.tenant_id if scope else None)

    @schema_name.setter
    def schema_name(self, name: str | None) -> None:
        """Ignored: django-tenants' constructor assigns it, and the scope decides."""

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:  # noqa: FBT001, FBT002 (django-tenants' signature)
        """Refused: a tenant set on a connection would outlive the request that set it."""
        if not self._initialising:
            message = (
                "this backend keeps no tenant on the connection: enter tenants.scopes.tenant()"
            )
            raise ImproperlyConfigured(message)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        """Django's connection, with scoped server-side cursors and transactions that keep no scope."""
        connection: Connection[Any] = super().get_new_connection(conn_params)
        connection.server_cursor_factory = ScopedServerSideCursor
        connection.transaction = _forgetful(connection)  # type: ignore[method-assign]  # this one's only
        connection.souqna_begins = False  # type: ignore[attr-defined]  # our own mark
        connection._start_query = _patient(connection)  # type: ignore[method-assign]  # noqa: SLF001
        return connection

    def get_connection_params(self) -> dict[str, Any]:
        """Django's parameters, with our cursor."""
        params: dict[str, Any] = super().get_connection_params()
        return {**params, "cursor_factory": ScopedCursor}

    def _cursor(self, name: str | None = None) -> Any:
        # Past django-tenants' own _cursor(), which would send SET search_path.
        return super(DjangoTenantsWrapper, self)._cursor(name)  # type: ignore[misc]  # not in the stubs

    def create_cursor(self, name: str | None = None) -> Any:
        """A scoped cursor; a scoped server-side one when it has a name."""
        if name is None:
            return super().create_cursor()
        return ScopedServerSideCursor(self.connection, name=name, scrollable=False, withhold=False)

    def chunked_cursor(self) -> Any:
        """A server-side cursor inside `atomic()`; outside it, a plain one that holds all rows.

        A held cursor would outlive the transaction its scope was applied to, and PgBouncer in
        transaction mode would hand it to somebody else.
        """
        return super().chunked_cursor() if self.in_atomic_block else self.cursor()

    def _commit(self) -> None:
        parting, self.parting = self.parting, ""
        if not parting:
            super()._commit()  # type: ignore[misc]  # missing in the stubs
            return
        # If it fails, the server doesn't come to the COMMIT, and atomic() rolls back.
        with self.cursor() as cursor:
            cursor.execute(f"{parting}; COMMIT")

    def _rollback(self) -> None:
        self.parting = ""
        super()._rollback()  # type: ignore[misc]

    def _configure_connection(self, connection: Connection[Any]) -> bool:
        with _stock_cursors(connection):
            return bool(super()._configure_connection(connection))

    def is_usable(self) -> bool:
        """Whether the server answers; asked without a scope."""
        if self.connection is None:
            return False
        with _stock_cursors(self.connection):
            return bool(super().is_usable())

    def on_commit(self, func: Any, robust: bool = False) -> None:  # noqa: FBT001, FBT002 (Django's signature)
        """Run `func` after the commit, in the scope in force now."""
        if not callable(func):
            message = "on_commit() takes something to call"
            raise TypeError(message)
        super().on_commit(scopes.bound(func), robust)
