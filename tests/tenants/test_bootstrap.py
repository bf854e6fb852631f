"""A web login that could go around the isolation is refused."""

import os

import psycopg
import pytest
from django.conf import settings

from tenants import scopes
from tenants.domain.bootstrap import UnsafeLoginError, bootstrap_database


@pytest.fixture
def superuser(real_db):
    """A superuser's connection, for breaking things."""
    with psycopg.connect(os.environ["SOUQNA_TEST_SUPERUSER_URL"], autocommit=True) as connection:
        yield connection


_LOGIN = settings.DATABASES["default"]["USER"]


@pytest.mark.parametrize(
    ("break_it", "mend_it"),
    [
        ("ALTER ROLE {login} SUPERUSER", "ALTER ROLE {login} NOSUPERUSER"),
        ("ALTER ROLE {login} BYPASSRLS", "ALTER ROLE {login} NOBYPASSRLS"),
        ("ALTER ROLE {login} CREATEROLE", "ALTER ROLE {login} NOCREATEROLE"),
        ("ALTER ROLE {login} CREATEDB", "ALTER ROLE {login} NOCREATEDB"),
        ("ALTER ROLE {login} REPLICATION", "ALTER ROLE {login} NOREPLICATION"),
        (
            "GRANT pg_read_all_data TO {login} WITH INHERIT TRUE",
            "REVOKE pg_read_all_data FROM {login}",
        ),
        ("GRANT pg_monitor TO {login} WITH INHERIT FALSE", "REVOKE pg_monitor FROM {login}"),
    ],
)
def test_an_unsafe_login_is_refused(superuser, break_it, mend_it):
    superuser.execute(break_it.format(login=_LOGIN))
    try:
        with pytest.raises(UnsafeLoginError):
            bootstrap_database()
    finally:
        superuser.execute(mend_it.format(login=_LOGIN))
    assert bootstrap_database() == []


def test_one_login_for_both_is_refused(real_db, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "USER", settings.DATABASES["owner"]["USER"])

    with pytest.raises(UnsafeLoginError, match="two"):
        bootstrap_database()


def test_a_prefix_that_is_no_name_is_refused(settings):
    settings.DATABASE_ROLE_PREFIX = "a; DROP"

    with pytest.raises(ValueError, match="DATABASE_ROLE_PREFIX"):
        scopes.role_name("public")
