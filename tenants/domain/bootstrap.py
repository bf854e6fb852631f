"""The installation's roles, made by the owner with no more than CREATEROLE."""

from typing import Any

from django.conf import settings
from django.db import connections, transaction
from psycopg import sql

from tenants import scopes

OWNER = "owner"


_FAULTS = (
    "is a superuser",
    "bypasses row-level security",
    "may create roles",
    "may create databases",
    "may replicate",
    "owns tables",
    "owns schemas",
    "is a member of roles that are not ours, or inherits from one",
)


class UnsafeLoginError(RuntimeError):
    """The web and worker login could go around the isolation."""


def bootstrap_database() -> list[str]:
    """Make what is missing of the login, the group, `public` and `platform`; take from everybody
    what PostgreSQL gives to all. Returns the names of the roles made. Raises UnsafeLoginError.
    """
    owner, login = settings.DATABASES[OWNER], settings.DATABASES["default"]
    if owner["USER"] == login["USER"]:
        message = "DATABASE_URL and DATABASE_OWNER_URL name the same login: they must be two"
        raise UnsafeLoginError(message)
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('souqna.bootstrap'))")
        made = _make_roles(cursor, login["USER"], login["PASSWORD"])
        _close_the_database(cursor, login["USER"], login["NAME"])
        _refuse_unsafe(cursor, login["USER"])
    return made


def _make_roles(cursor: Any, login: str, password: str) -> list[str]:
    shared = [scopes.role_name(suffix) for suffix in ("tenant", "public", "platform")]
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [[login, *shared]])
    existing = {name for (name,) in cursor.fetchall()}
    if login not in existing:
        _execute(
            cursor,
            sql.SQL("CREATE ROLE {} LOGIN NOINHERIT NOCREATEROLE NOCREATEDB PASSWORD {}"),
            sql.Identifier(login),
            sql.Literal(password),
        )
    for role in shared:
        if role not in existing:
            cursor.execute(f"CREATE ROLE {role} NOLOGIN")
    for role in shared[1:]:  # the group is reached through a tenant's role only
        _execute(
            cursor,
            sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE"),
            sql.Identifier(role),
            sql.Identifier(login),
        )
    return [role for role in [login, *shared] if role not in existing]


def _close_the_database(cursor: Any, login: str, database: str) -> None:
    # Without TEMPORARY nobody can lay a table of their own in front of the search path.
    _execute(cursor, sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC"), sql.Identifier(database))
    _execute(
        cursor,
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}"),
        sql.Identifier(database),
        sql.Identifier(login),
    )


def _refuse_unsafe(cursor: Any, login: str) -> None:
    cursor.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,"
        " EXISTS (SELECT FROM pg_class WHERE relowner = r.oid),"
        " EXISTS (SELECT FROM pg_namespace WHERE nspowner = r.oid),"
        " EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
        "  WHERE m.member = r.oid AND (m.inherit_option OR m.admin_option"
        "   OR NOT (g.rolname = ANY(%s) OR starts_with(g.rolname, %s))))"
        " FROM pg_roles r WHERE rolname = %s",
        [
            [scopes.role_name("public"), scopes.role_name("platform")],
            scopes.role_name("t_"),
            login,
        ],
    )
    found = [fault for fault, has in zip(_FAULTS, cursor.fetchone(), strict=True) if has]
    if found:
        message = f"the login {login} {' and '.join(found)}: isolation would not hold"
        raise UnsafeLoginError(message)


def _execute(cursor: Any, statement: sql.SQL, *parts: sql.Composable) -> None:
    cursor.execute(statement.format(*parts))
