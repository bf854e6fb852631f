"""Scopes and transactions: switches, savepoints, failures, reused connections, callbacks, streams."""

import asyncio

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.base import Cursor  # noqa: TID251 (a cursor that applies nothing)
from psycopg import BaseConnection, IsolationLevel
from psycopg.client_cursor import ClientCursorMixin
from psycopg.types import TypeInfo

from tenants import scopes
from tests.isolation.models import Note
from tests.isolation.modes import next_request

pytestmark = pytest.mark.usefixtures("mode")


class IntendedError(Exception):
    """What a test raises on purpose."""


def title():
    return Note.objects.get(pk=1).title


def settings_left():
    """What a cursor that applies no scope finds on the connection."""
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        cursor.execute(
            "SELECT current_user = session_user, current_setting('search_path'),"
            " coalesce(current_setting('app.current_tenant', true), ''),"
            " coalesce(current_setting('app.current_user', true), '')"
        )
        return cursor.fetchone()


NOTHING = (True, '"$user", public', "", "")


def test_a_switch_of_scopes_in_a_transaction_counts_at_once(a, b):
    with transaction.atomic():
        for side in (a, b, a, b):
            with side.scope():
                assert title() == f"{side.name}-1"
                Note.objects.filter(pk=5).update(body=side.name)
    for side in (a, b):
        with side.scope():
            assert Note.objects.get(pk=5).body == side.name


def test_the_inner_scope_ends_where_its_block_does(a, b):
    with a.scope(), transaction.atomic():
        with b.scope(), transaction.atomic():
            assert title() == "B-1"
        assert title() == "A-1"
        with scopes.public(), pytest.raises(DatabaseError), transaction.atomic():
            title()
        assert title() == "A-1"


@pytest.mark.parametrize("order", ["outer first", "inner first"])
def test_a_savepoint_rolled_back_brings_the_settings_back(a, b, unharmed, order):
    with transaction.atomic():
        if order == "outer first":
            with a.scope():
                assert title() == "A-1"
        with pytest.raises(IntendedError), transaction.atomic(), b.scope():
            assert title() == "B-1"
            Note.objects.update(title="lost")
            raise IntendedError
        for side in (b, a):
            with side.scope():
                assert title() == f"{side.name}-1"


def test_a_savepoint_released_keeps_the_scopes_apart(a, b):
    with transaction.atomic(), a.scope():
        with transaction.atomic(), b.scope():
            assert title() == "B-1"
        assert title() == "A-1"


def test_nested_blocks_begin_with_a_savepoint(a, b):
    # The savepoint is then the transaction's first statement, on a connection that has been used.
    for side in (a, a, b, b, a):
        with side.scope():
            assert title() == f"{side.name}-1"
            with transaction.atomic(), transaction.atomic():
                assert title() == f"{side.name}-1"


def test_a_savepoint_by_hand_begins_no_other_scope(a):
    with a.scope():
        title()
        with transaction.atomic():
            point = transaction.savepoint()
            assert title() == "A-1"
            transaction.savepoint_rollback(point)
            assert title() == "A-1"


def test_after_a_failed_statement_the_next_is_in_its_own_scope(a, b):
    for side in (a, b, b, a):
        with side.scope():
            with pytest.raises(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
            assert title() == f"{side.name}-1"


def test_after_a_failed_block_the_next_is_in_its_own_scope(a, b):
    with transaction.atomic():
        for side in (a, b, b, a):
            with side.scope():
                with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cur:
                    cur.execute("SELECT 1 / 0")
                assert title() == f"{side.name}-1"


def test_a_failed_transaction_stays_failed_in_another_scope(a, b):
    with pytest.raises(DatabaseError, match="aborted"):
        with transaction.atomic(), connection.cursor() as cursor:
            with a.scope(), pytest.raises(DatabaseError):
                cursor.execute("SELECT 1 / 0")
            with b.scope():
                cursor.execute("SELECT title FROM isolation_notes")


def test_nothing_is_left_on_the_connection(a):
    with a.scope():
        title()
    assert settings_left() == NOTHING

    with a.scope(), transaction.atomic():
        title()
    assert settings_left() == NOTHING


@pytest.mark.parametrize("raised", ["in a transaction", "between statements", "by the database"])
def test_an_exception_leaves_a_clean_connection_to_the_next(a, b, unharmed, raised):
    with pytest.raises((IntendedError, DatabaseError)), a.scope(), transaction.atomic():
        Note.objects.update(title="lost")
        if raised == "by the database":
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        if raised == "between statements":
            with transaction.atomic():
                raise IntendedError
        raise IntendedError

    next_request()
    assert scopes.active() is None
    assert settings_left() == NOTHING
    with b.scope():
        assert title() == "B-1"


def test_a_connection_dropped_in_a_transaction_goes_back_clean(a, b, unharmed):
    connection.ensure_connection()
    connection.set_autocommit(False)
    with a.scope():
        Note.objects.update(title="lost")
    connection.close()

    assert settings_left() == NOTHING
    with b.scope():
        assert title() == "B-1"


def test_without_autocommit_each_transaction_takes_its_scope(a, b):
    connection.ensure_connection()
    connection.set_autocommit(False)
    try:
        for side in (a, a, b):
            with side.scope():
                assert title() == f"{side.name}-1"
            connection.commit()
            with side.scope():
                assert title() == f"{side.name}-1"
            connection.rollback()
    finally:
        connection.rollback()
        connection.set_autocommit(True)


def test_the_drivers_own_transactions_keep_no_scope(a, b):
    # psycopg rolls its savepoints back where no cursor sees it, and the scope's settings with them.
    with transaction.atomic():
        with a.scope():
            assert title() == "A-1"
        with pytest.raises(ZeroDivisionError), connection.connection.transaction():
            with b.scope():
                assert title() == "B-1"
            1 / 0  # noqa: B018
        with b.scope():
            assert title() == "B-1"
        with a.scope():
            assert title() == "A-1"


def test_the_driver_can_look_up_a_type(a):
    with a.scope():
        title()

        assert TypeInfo.fetch(connection.connection, "text")


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("SELECT title FROM isolation_notes WHERE title = %s", ["a\x00b"]),
        ("SELECT title FROM isolation_notes WHERE title = %s AND id = %s", ["a"]),
        ("SELECT title FROM isolation_notes WHERE title = %s", [object()]),
    ],
    ids=["a NUL", "a parameter too few", "no such type"],
)
def test_a_statement_that_was_never_sent_leaves_no_mark(a, b, text, parameters):
    """psycopg refuses it itself: the transaction lives on, in the scope that it had."""
    with transaction.atomic():
        with a.scope():
            assert title() == "A-1"
        with b.scope():
            with pytest.raises(Exception, match=r"."), connection.cursor() as cursor:
                cursor.execute(text, parameters)
            assert title() == "B-1"
            with connection.cursor() as cursor:
                cursor.execute("UPDATE isolation_notes SET title = 'B-1' WHERE id = 1")
        with a.scope():
            assert title() == "A-1"


def test_a_transaction_can_ask_for_one_snapshot(a):
    with a.scope(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")

        assert title() == "A-1"
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("repeatable read",)


def test_the_drivers_own_cursors_are_scoped_as_well(a, b):
    with transaction.atomic():
        with a.scope():
            title()
        with b.scope():
            one = connection.connection.execute("SELECT title FROM isolation_notes WHERE id = 1")
            assert one.fetchone() == ("B-1",)
        with a.scope():
            title()
        with b.scope(), connection.connection.cursor(name="notes") as cursor:
            cursor.execute("SELECT title FROM isolation_notes ORDER BY id")
            assert cursor.fetchone() == ("B-1",)


def test_a_callback_runs_in_the_scope_of_its_registration(a, b):
    seen = []

    def look():
        seen.append((scopes.active(), title()))

    with transaction.atomic():
        for side in (a, b):
            with side.scope():
                side_scope = scopes.current()
                with transaction.atomic():
                    transaction.on_commit(look)
                seen.append(side_scope)

    assert seen[2:] == [(seen[0], "A-1"), (seen[1], "B-1")]


def test_a_callback_of_no_scope_runs_in_none(a):
    seen = []

    with a.scope(), transaction.atomic():
        with scopes.nowhere():
            transaction.on_commit(lambda: seen.append(scopes.active()))

    assert seen == [None]


def test_a_callback_that_fails_leaves_no_scope(a, b):
    def fail():
        title()
        raise IntendedError

    with pytest.raises(IntendedError), transaction.atomic():
        with a.scope():
            transaction.on_commit(fail)

    assert scopes.active() is None
    with b.scope():
        assert title() == "B-1"


def test_a_callback_outside_a_transaction_runs_at_once(a):
    seen = []

    with a.scope():
        transaction.on_commit(lambda: seen.append(title()))

    assert seen == ["A-1"]


def test_an_exception_leaves_no_scope(a):
    with pytest.raises(IntendedError), a.scope():
        raise IntendedError

    assert scopes.active() is None


def titles_one_by_one():
    for key in (1, 2, 3):
        yield Note.objects.get(pk=key).title


def test_a_stream_is_read_in_the_scope_that_made_it(a, b):
    with a.scope():
        stream = scopes.streamed(titles_one_by_one())

    seen = [next(stream)]
    assert scopes.active() is None
    with b.scope():
        seen.append(next(stream))
        assert title() == "B-1"
    seen += list(stream)

    assert seen == ["A-1", "A-2", "A-3"]


def test_two_streams_read_in_turns_stay_apart(a, b):
    streams = []
    for side in (a, b):
        with side.scope():
            streams.append(scopes.streamed(titles_one_by_one()))

    assert list(zip(*streams, strict=True)) == [(f"A-{key}", f"B-{key}") for key in (1, 2, 3)]


def test_a_stream_left_half_read_or_failing_leaves_no_scope(a):
    def failing():
        yield title()
        raise IntendedError

    with a.scope():
        stream = scopes.streamed(failing())

    assert next(stream) == "A-1"
    with pytest.raises(IntendedError):
        next(stream)
    assert scopes.active() is None


def test_a_scope_entered_inside_a_generator_ends_with_the_step(a, b):
    def careless():
        with b.scope():
            yield title()
            yield scopes.active()

    with a.scope():
        stream = scopes.streamed(careless())

    assert next(stream) == "B-1"
    assert scopes.active() is None
    assert next(stream).tenant_id == a.id
    assert list(stream) == []
    assert scopes.active() is None


def test_an_asynchronous_stream_is_read_in_the_scope_that_made_it(a, b):
    async def numbers():
        for _ in range(3):
            await asyncio.sleep(0)
            yield scopes.current_tenant_id()

    async def read():
        with a.scope():
            first = scopes.streamed_async(numbers())
        with b.scope():
            second = scopes.streamed_async(numbers())
        seen = []
        for stream in (first, second, second, first, first, second):
            seen.append(await anext(stream))
            assert scopes.active() is None
        return seen

    assert asyncio.run(read()) == [a.id, b.id, b.id, a.id, a.id, b.id]


class Messages:
    """What psycopg sends in the block, message by message."""

    def __enter__(self):
        self.sent = []
        self.stock = ClientCursorMixin._execute_send
        self.command = BaseConnection._exec_command

        def send(cursor, query, **options):
            self.sent.append(query.query.decode())
            return self.stock(cursor, query, **options)

        def command(connection, text, *args, **options):
            self.sent.append(text.decode())
            return self.command(connection, text, *args, **options)

        ClientCursorMixin._execute_send, BaseConnection._exec_command = send, command
        return self

    def __exit__(self, *_):
        ClientCursorMixin._execute_send, BaseConnection._exec_command = self.stock, self.command


def test_a_transaction_begins_in_the_message_of_its_first_statement(a):
    connection.ensure_connection()
    with Messages() as messages, a.scope(), transaction.atomic():
        title()
        title()

    begins = [message for message in messages.sent if "BEGIN" in message]
    assert len(begins) == 1
    assert begins[0].startswith("BEGIN; SELECT set_config('role'")
    assert "isolation_notes" in begins[0]


def test_a_broken_first_statement_leaves_a_transaction_good_for_a_rollback_alone(a, unharmed):
    """The server reads a message as a whole, and so begins nothing."""
    with pytest.raises(DatabaseError, match="aborted"):
        with a.scope(), transaction.atomic(), connection.cursor() as cursor:
            with pytest.raises(DatabaseError, match="syntax"):
                cursor.execute("SELEC 1")
            Note.objects.update(title="lost")

    with a.scope():
        assert title() == "A-1"


def test_other_isolation_is_begun_by_psycopg(a):
    connection.ensure_connection()
    connection.connection.isolation_level = IsolationLevel.SERIALIZABLE
    try:
        with a.scope(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            assert cursor.fetchone() == ("serializable",)
    finally:
        connection.connection.isolation_level = None
