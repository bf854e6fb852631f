"""SQL by hand: qualified names, forged settings, cursors, COPY, and statements in no scope."""

import contextlib

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.utils import ProgrammingError
from django_tenants.utils import schema_context, tenant_context  # noqa: TID251 (attacked here)
from psycopg import sql

from tenants import scopes
from tests.isolation.models import Note
from tests.isolation.modes import next_request
from tests.isolation.world import superuser

pytestmark = pytest.mark.usefixtures("mode")
TITLES = "SELECT title FROM isolation_notes ORDER BY id"


def run(statement, *params):
    """Execute, and fetch what there is."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return cursor.fetchall() if cursor.description else []


def titles():
    return [title for (title,) in run(TITLES)]


QUALIFIED = {
    "read": "SELECT * FROM {b}.isolation_notes",
    "read settings": "SELECT * FROM {b}.storefront_settings",
    "join": "SELECT * FROM isolation_notes n JOIN {b}.isolation_notes m USING (id)",
    "with": "WITH x AS (SELECT * FROM {b}.isolation_notes) SELECT * FROM x",
    "insert": "INSERT INTO {b}.isolation_notes (id, title) VALUES (1000, 'x')",
    "insert from": "INSERT INTO isolation_notes (title) SELECT title FROM {b}.isolation_notes",
    "update": "UPDATE {b}.isolation_notes SET title = 'x'",
    "update from": "UPDATE isolation_notes n SET title = m.title FROM {b}.isolation_notes m",
    "delete": "DELETE FROM {b}.isolation_notes",
    "truncate": "TRUNCATE {b}.isolation_notes CASCADE",
    "merge": "MERGE INTO {b}.isolation_notes m USING isolation_notes n ON m.id = n.id"
    " WHEN MATCHED THEN DELETE",
    "lock": "LOCK TABLE {b}.isolation_notes",
    "drop": "DROP TABLE {b}.isolation_notes",
    "alter": "ALTER TABLE {b}.isolation_notes ADD x int",
    "count up": "SELECT nextval('{b}.isolation_notes_id_seq')",
    "block": "DO $$ BEGIN UPDATE {b}.isolation_notes SET title = 'x'; END $$",
    "query in a function": "SELECT query_to_xml('SELECT * FROM {b}.isolation_notes', true, true, '')",
    "explain": "EXPLAIN ANALYZE SELECT * FROM {b}.isolation_notes",
    "second statement": "SELECT 1; SELECT * FROM {b}.isolation_notes",
}


@pytest.mark.parametrize("attack", QUALIFIED)
def test_a_qualified_name_of_the_others_is_denied(a, b, unharmed, attack):
    with a.scope(), pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        run(QUALIFIED[attack].format(b=f'"{b.schema}"'))


POWERS = {
    "table in public": "CREATE TABLE public.isolation_notes (id int)",
    "table of one's own": "CREATE TABLE shadow (id int)",
    "temporary table": "CREATE TEMPORARY TABLE isolation_notes (id int)",
    "schema": "CREATE SCHEMA mine",
    "function": "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "grant": 'GRANT USAGE ON SCHEMA "{b}" TO {role}',
    "role": "CREATE ROLE mine",
    "membership": "GRANT {other} TO {role}",
    "alter role": "ALTER ROLE {role} SUPERUSER",
    "row security": "ALTER TABLE tenant_members DISABLE ROW LEVEL SECURITY",
    "policy": "CREATE POLICY mine ON tenant_members USING (true)",
    "read a file": "SELECT pg_read_file('PG_VERSION')",
    "write a file": "COPY isolation_notes TO '/tmp/isolation'",
    "run a program": "COPY isolation_notes FROM PROGRAM 'id'",
    "passwords": "SELECT rolpassword FROM pg_authid",
}


def test_a_tenants_role_has_no_powers(a, b, unharmed):
    allowed = []
    for name, text in POWERS.items():
        statement = text.format(b=b.schema, role=a.role, other=b.role)
        try:
            with a.scope():
                run(statement)
        except DatabaseError as error:
            if "permission denied" in str(error) or "must be owner" in str(error):
                continue
        allowed.append(name)

    assert allowed == []


LEADING = [
    "BEGIN",
    "begin",
    "START TRANSACTION",
    "COMMIT",
    "END",
    "ABORT",
    "ROLLBACK",
    "ROLLBACK AND CHAIN",
    "PREPARE TRANSACTION 'x'",
    "DECLARE c CURSOR FOR SELECT 1",
    "FETCH ALL FROM c",
    "MOVE c",
    "DISCARD ALL",
    "DISCARD TEMP",
    "RESET ALL",
    "RESET ROLE",
    "RESET search_path",
    "SET ROLE {role}",
    "set role {role}",
    "SET LOCAL ROLE {role}",
    "SET SESSION ROLE {role}",
    "SET ROLE NONE",
    "SET SESSION AUTHORIZATION {role}",
    "SET LOCAL SESSION AUTHORIZATION {role}",
    'SET search_path = "{schema}"',
    'SET search_path TO "{schema}"',
    'SET LOCAL search_path = "{schema}"',
    'SET SESSION search_path = "{schema}"',
    "SET app.current_tenant = '{id}'",
    "SET LOCAL app.current_user = '{id}'",
    "  \n\tSET ROLE {role}",
]
DISGUISED = [
    "SET SCHEMA '{schema}'",
    "SET LOCAL SCHEMA '{schema}'",
    'SET "search_path" = "{schema}"',
    "SET \"app\".current_tenant = '{id}'",
    "/* a comment */ SET ROLE {role}",
    "/* a /* nested */ comment */ SET ROLE {role}",
    "-- a comment\nSET ROLE {role}",
    "; SET ROLE {role}",
    ";COMMIT",
    "SET/**/ROLE {role}",
]


def filled(statement, side):
    return statement.format(role=side.role, schema=side.schema, id=side.id)


@pytest.mark.parametrize("inside", [True, False], ids=["atomic", "autocommit"])
@pytest.mark.parametrize("statements", [LEADING, DISGUISED], ids=["plain", "disguised"])
def test_a_statement_that_would_change_the_scope_is_refused(a, b, statements, inside):
    accepted = []
    with a.scope(), transaction.atomic() if inside else a.scope():
        for statement in statements:
            try:
                with transaction.atomic():
                    run(filled(statement, b))
            except InterfaceError:
                pass
            except DatabaseError as error:
                accepted.append((statement, str(error)))
            else:
                accepted.append((statement, "no error"))

    assert accepted == []


@pytest.mark.parametrize(
    "wrapped", [lambda text: text.encode(), sql.SQL, lambda text: sql.Composed([sql.SQL(text)])]
)
def test_it_is_refused_in_every_form_of_a_query(a, b, wrapped):
    with a.scope(), pytest.raises(InterfaceError):
        run(wrapped(filled("SET ROLE {role}", b)))


OTHER_DOORS = {
    "executemany": lambda cursor, text: cursor.executemany(text, [()]),
    "stream": lambda cursor, text: list(cursor.stream(text)),
    "copy": lambda cursor, text: cursor.copy(text).__enter__(),
}


@pytest.mark.parametrize("door", OTHER_DOORS)
def test_it_is_refused_at_every_door(a, b, door):
    with a.scope(), transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(InterfaceError):
            OTHER_DOORS[door](cursor, f"SET ROLE {b.role}")
        assert titles() == a.titles


def test_a_search_path_forged_within_a_statement_opens_nothing(a, b):
    with a.scope(), pytest.raises(ProgrammingError, match="does not exist"):
        run(f"SELECT set_config('search_path', '\"{b.schema}\"', true); {TITLES}")


def test_a_search_path_forged_in_a_transaction_opens_nothing(a, b):
    with a.scope(), transaction.atomic():
        run("SELECT set_config('search_path', %s, true)", f'"{b.schema}"')

        with pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
            run("SELECT title FROM isolation_notes WHERE id = 1")


FORGED = {
    "search path": ("search_path", '"{schema}"'),
    "role": ("role", "{role}"),
    "tenant": ("app.current_tenant", "{id}"),
    "user": ("app.current_user", "{id}"),
}


@pytest.fixture
def no_session_left(seeded):
    """What a test set for a whole session ends with it, behind PgBouncer too."""
    yield
    connection.close()
    with superuser() as server:
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE usename = %s AND datname = current_database()",
            [connection.settings_dict["USER"]],
        )


@pytest.mark.parametrize("setting", FORGED)
@pytest.mark.usefixtures("no_session_left")
def test_a_setting_forged_for_the_session_counts_for_no_later_statement(a, b, setting):
    # That a login may take any tenant's role by arbitrary SQL is what parameters are for; what is
    # stopped is that it outlives the statement.
    name, value = FORGED[setting]
    with a.scope():
        run("SELECT set_config(%s, %s, false)", name, filled(value, b))

        assert titles() == a.titles
    next_request()
    for side in (b, a):
        with side.scope():
            assert titles() == side.titles
            assert run("SELECT current_setting('app.current_tenant')::uuid") == [(side.id,)]


def test_a_transaction_ended_within_a_statement_takes_the_rights_with_it(a):
    with (
        a.scope(),
        pytest.raises(DatabaseError, match=r"does not exist|permission denied|in progress"),
    ):
        with transaction.atomic():
            run("SELECT 1; COMMIT; SELECT title FROM isolation_notes")
    connection.close()


def test_a_cursor_follows_the_scope_that_it_is_executed_in(a, b):
    with a.scope(), connection.cursor() as cursor:
        cursor.execute(TITLES)
        assert cursor.fetchone() == ("A-1",)
        with b.scope():
            cursor.execute(TITLES)
            assert cursor.fetchone() == ("B-1",)
        cursor.execute(TITLES)
        assert cursor.fetchone() == ("A-1",)


def test_a_server_side_cursor_is_read_in_its_scope_alone(a, b):
    with transaction.atomic(), a.scope():
        connection.ensure_connection()
        cursor = connection.create_cursor(name="notes")
        cursor.execute(TITLES)
        reads = (cursor.fetchone, cursor.fetchmany, cursor.fetchall, lambda: next(iter(cursor)))

        with b.scope():
            for read in reads:
                with pytest.raises(scopes.WrongScopeError):
                    read()
        with scopes.nowhere(), pytest.raises(scopes.WrongScopeError):
            cursor.fetchone()
        with b.scope(), pytest.raises(scopes.WrongScopeError):
            cursor.scroll(1)

        assert [title for (title,) in cursor.fetchall()] == a.titles
        cursor.close()


def test_copy_moves_ones_own_rows(a, b, seeded):
    before = seeded.rows(b)

    with a.scope(), transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy("COPY (SELECT title FROM isolation_notes ORDER BY id) TO STDOUT") as copy:
            read = b"".join(bytes(chunk) for chunk in copy).decode().split()
        with cursor.copy("COPY isolation_notes (id, title) FROM STDIN") as copy:
            copy.write_row((1000, "A-1000"))

    assert read == a.titles
    assert seeded.rows(b) == before


def test_copy_of_the_others_table_is_denied(a, b, unharmed):
    with a.scope(), pytest.raises((DatabaseError, psycopg.Error), match="permission denied"):
        with transaction.atomic(), connection.cursor() as cursor:
            with cursor.copy(f'COPY "{b.schema}".isolation_notes TO STDOUT') as copy:
                list(copy)


def test_executemany_writes_ones_own_rows(a, b, seeded):
    before = seeded.rows(b)

    with a.scope(), transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany("UPDATE isolation_notes SET title = %s WHERE id = %s", [("x", 1)])

    assert seeded.rows(a)["isolation_notes"][0]["title"] == "x"
    assert seeded.rows(b) == before


def test_stream_reads_ones_own_rows(a, b):
    for side in (a, b):
        with side.scope(), transaction.atomic(), connection.cursor() as cursor:
            assert [title for (title,) in cursor.stream(TITLES)] == side.titles


def _declare(_):
    with contextlib.closing(connection.create_cursor(name="x")) as cursor:
        cursor.execute(TITLES)


@pytest.mark.parametrize(
    "act",
    [
        lambda cursor: cursor.executemany("SELECT %s", [(1,)]),
        lambda cursor: cursor.copy("COPY isolation_notes TO STDOUT"),
        lambda cursor: cursor.stream(TITLES),
        _declare,
    ],
    ids=["executemany", "copy", "stream", "server-side cursor"],
)
def test_what_can_carry_no_settings_needs_a_transaction(a, act):
    with (
        a.scope(),
        connection.cursor() as cursor,
        pytest.raises(InterfaceError, match=r"needs transaction\.atomic"),
    ):
        act(cursor)


IN_NO_SCOPE = {
    "select": lambda: run("SELECT 1"),
    "bytes": lambda: run(b"SELECT 1"),
    "composed": lambda: run(sql.SQL("SELECT 1")),
    "qualified": lambda: run("SELECT * FROM public.tenants"),
    "after a savepoint": lambda: run("SAVEPOINT x; SELECT 1"),
    "after a savepoint in bytes": lambda: run(b"SAVEPOINT x; SELECT 1"),
    "rows": lambda: list(Note.objects.all()),
    "one row": lambda: Note.objects.get(pk=1),
    "save": lambda: Note(title="x").save(),
    "create": lambda: Note.objects.create(title="x"),
    "update": lambda: Note.objects.update(title="x"),
    "delete": lambda: Note.objects.all().delete(),
    "bulk create": lambda: Note.objects.bulk_create([Note(title="x")]),
    "raw": lambda: list(Note.objects.raw("SELECT * FROM isolation_notes")),
    "iterator": lambda: list(Note.objects.iterator()),
    "executemany": lambda: connection.cursor().executemany("SELECT %s", [(1,)]),
    "copy": lambda: connection.cursor().copy("COPY isolation_notes TO STDOUT"),
    "stream": lambda: connection.cursor().stream("SELECT 1"),
    "procedure": lambda: connection.cursor().callproc("now"),
    "introspection": lambda: connection.introspection.table_names(),
}


@pytest.mark.parametrize("inside", [True, False], ids=["atomic", "autocommit"])
def test_a_statement_in_no_scope_is_refused(unharmed, inside):
    accepted = []
    for name, statement in IN_NO_SCOPE.items():
        try:
            with transaction.atomic() if inside else scopes.nowhere():
                statement()
        except (scopes.NoScopeError, scopes.WrongScopeError):
            continue
        accepted.append(name)

    assert accepted == []


def test_a_refusal_leaves_a_connection_that_works(a):
    with pytest.raises(scopes.NoScopeError):
        run("SELECT 1")

    with a.scope():
        assert titles() == a.titles


@pytest.mark.parametrize("name", ["set_tenant", "set_schema"])
def test_no_tenant_can_be_kept_on_the_connection(a, name):
    with a.scope(), pytest.raises(Exception, match="keeps no tenant"):
        getattr(connection, name)(a.tenant if name == "set_tenant" else a.schema)


def test_a_tenants_row_enters_no_scope(a, b):
    # django-tenants' own way in, which keeps the way out on an object that all threads share.
    for enter in (b.tenant.__enter__, b.tenant.activate):
        with a.scope(), pytest.raises(Exception, match=r"scopes\.tenant"):
            enter()


def test_django_tenants_own_contexts_change_no_scope(a, b):
    with a.scope(), schema_context(b.schema), tenant_context(b.tenant):
        assert titles() == a.titles
    with pytest.raises(scopes.NoScopeError), schema_context(b.schema):
        titles()


def test_a_scope_is_made_of_ids_alone(a):
    forged = "', true), set_config('role', 'postgres', true) --"

    for make in (
        lambda: scopes.public(user_id=forged),
        lambda: scopes.tenant(a.id, user_id=forged),
        lambda: scopes.tenant(forged),
    ):
        with pytest.raises((ValueError, AttributeError, TypeError)):
            make()
