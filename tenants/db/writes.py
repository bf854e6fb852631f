"""Rows written together: the INSERTs of one act in one message (`tenants.db.messages`)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import groupby

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Model
from django.db.models.sql import InsertQuery
from django.db.models.sql.compiler import SQLInsertCompiler

from tenants import scopes
from tenants.db.messages import Statement, ask, joined
from tenants.db.models import TenantModel


def _savepoints() -> int:
    return sum(1 for point in connection.savepoint_ids if point)


@dataclass(slots=True)
class _Batch:
    """Rows that wait for the end of an act, and where it began."""

    scope: scopes.Scope | None = field(default_factory=scopes.active)
    savepoints: int = field(default_factory=_savepoints)
    rows: list[Model] = field(default_factory=list)

    @property
    def is_here(self) -> bool:
        """Whether a row of this moment may wait: no other scope, no savepoint that may be undone."""
        return self.scope == scopes.active() and self.savepoints == _savepoints()


_batch: ContextVar[_Batch | None] = ContextVar("souqna_batch", default=None)


@contextmanager
def act() -> Iterator[None]:
    """`atomic()`, at whose end the rows given to `insert()` are written: by the message that commits, or
    by one of their own if the transaction is another's. Until then nobody can read them.

    An act inside another belongs to it, and so does its failure: whoever is refused gives all of it up.
    """
    with transaction.atomic(savepoint=False):
        outer = _batch.get()
        if outer is not None and outer.is_here:
            yield
            return
        batch = _Batch()
        token = _batch.set(batch)
        try:
            yield
        finally:
            _batch.reset(token)
        _finish(batch.rows)


def insert(*rows: Model) -> None:
    """Write new rows whose keys are known: at the end of the `act()` in hand, or else now.

    Does what `save(force_insert=True)` does, but that what the database fills in (`db_default`) isn't
    read back: it is fetched when it is asked for. Raises WrongScopeError, and at the writing whatever
    the database refuses.
    """
    for row in rows:
        _check(row)
    batch = _batch.get()
    if batch is not None and batch.is_here:
        batch.rows.extend(rows)
    elif rows:
        ask(*_statements(rows))


def _check(row: Model) -> None:
    if row.pk is None or hasattr(row.pk, "resolve_expression") or row._meta.parents:
        message = (
            f"{type(row).__name__}: insert() needs rows of one table, with keys of our own making"
        )
        raise TypeError(message)
    row._prepare_related_fields_for_save(operation_name="save")  # type: ignore[attr-defined]  # noqa: SLF001 (save()'s own first step)
    if isinstance(row, TenantModel):
        row.check_scope()


def _finish(rows: Sequence[Model]) -> None:
    if not rows:
        return
    statements = _statements(rows)
    if connection.commit_on_exit and not connection.savepoint_ids:
        connection.parting = joined(statements)  # type: ignore[attr-defined]  # tenants.db.base has it
    else:
        ask(*statements)


def _statements(rows: Sequence[Model]) -> list[Statement]:
    """One INSERT for neighbours of one table; from here on the rows count as written."""
    statements = [_statement(model, list(some)) for model, some in groupby(rows, key=type)]
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001 (save() does it so)
        for name in [n for n, value in vars(row).items() if hasattr(value, "resolve_expression")]:
            del row.__dict__[name]  # as Django marks a field that is to be fetched when asked for
    return statements


def _statement(model: type[Model], rows: list[Model]) -> Statement:
    query = InsertQuery(model)
    query.insert_values(model._meta.local_concrete_fields, rows)
    # Not PostgreSQL's own compiler: it makes arrays of several rows, which pays when they are hundreds.
    ((text, parameters),) = SQLInsertCompiler(query, connection, DEFAULT_DB_ALIAS).as_sql()
    return Statement(text, parameters)
