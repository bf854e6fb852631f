"""Several statements in one message: a round trip for all, where each alone would take its own.

PostgreSQL executes them one after another and stops at the first that fails. In READ COMMITTED each has
a snapshot of its own, so a statement sees what others committed while the one before it waited.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

_STOPPED = "souqna.stopped"
#: A condition for statements that are to do nothing once their transaction was stopped by `STOP`.
GOES_ON = f"current_setting('{_STOPPED}', true) IS DISTINCT FROM 'yes'"
#: What stops the statements of the transaction that follow and ask for GOES_ON, and what lets them go on.
STOP = f"set_config('{_STOPPED}', 'yes', true)"
GO_ON = f"set_config('{_STOPPED}', 'no', true)"


class Statement(NamedTuple):
    """SQL with `%s` where its parameters go."""

    text: str
    parameters: Sequence[Any] = ()


Question = Statement | QuerySet[Any]


def ask(*questions: Question) -> list[list[Any]]:
    """Send all in one message; the rows of each: a queryset's as it makes them, a statement's as tuples.
    Outside `atomic()` they are one implicit transaction.
    """
    if not questions:
        return []
    compilers = [_compiler(one) if isinstance(one, QuerySet) else None for one in questions]
    pairs: list[tuple[Any, Any]] = list(zip(questions, compilers, strict=True))
    answers = _sent(compiler.as_sql() if compiler else question for question, compiler in pairs)
    return [
        _made(question, compiler, rows) if compiler else rows
        for (question, compiler), rows in zip(pairs, answers, strict=True)
    ]


def joined(statements: Iterable[Sequence[Any]]) -> str:
    """The statements as one text, their parameters filled in.

    Each is filled in by itself: psycopg remembers how it takes a statement apart, but not a long one.
    """
    operations: Any = connection.ops  # PostgreSQL's; the stubs know what all databases have
    return "; ".join(operations.compose_sql(text, some) for text, some in statements)


def _sent(statements: Iterable[Sequence[Any]]) -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(joined(statements))
        answers = [_rows(cursor)]
        while cursor.nextset():
            answers.append(_rows(cursor))
    return answers


def _rows(cursor: Any) -> list[Any]:
    return cursor.fetchall() if cursor.description else []


def _compiler(queryset: QuerySet[Any]) -> Any:
    # Even what can have no rows (`id__in=[]`) is asked for: each question has its answer.
    return queryset.query.get_compiler(queryset.db, elide_empty=False)


def _made(queryset: Any, compiler: Any, rows: list[Any]) -> list[Any]:
    """What Django makes of the rows, as if its own compiler had fetched them."""
    evaluated = queryset.all()
    evaluated.query.get_compiler = lambda *_, **__: compiler
    compiler.execute_sql = lambda *_, **__: [rows]
    return list(evaluated)
