"""Negative controls: what the matrix attacks works against stock django-tenants, on the same servers."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from tests.isolation import pgbouncer

ROOT = Path(__file__).resolve().parent.parent.parent
_SOURCE = ast.parse((Path(__file__).parent / "stock" / "attacks.py").read_text())
ALL = [
    node.name.replace("_", " ")
    for node in _SOURCE.body
    if isinstance(node, ast.FunctionDef)
    and any(isinstance(mark, ast.Name) and mark.id == "attack" for mark in node.decorator_list)
]
ATTACKS = [name for name in ALL if not name.startswith("own answer")]
OWN_ANSWERS = [name for name in ALL if name.startswith("own answer")]


@pytest.fixture(scope="module")
def outcome(django_db_setup, tmp_path_factory):
    """What each attack said; one process and one database for all, both gone afterwards."""
    name = f"{settings.DATABASE_ROLE_PREFIX}_stock"
    server = settings.DATABASES["default"]
    with psycopg.connect(os.environ["SOUQNA_TEST_SUPERUSER_URL"], autocommit=True) as superuser:

        def run(statement):
            superuser.execute(
                sql.SQL(statement).format(name=sql.Identifier(name), password=sql.Literal(name))
            )

        run("CREATE ROLE {name} LOGIN PASSWORD {password}")
        run("CREATE DATABASE {name} OWNER {name}")
        try:
            with pgbouncer.running(host=server["HOST"], port=server["PORT"], logins=[name]) as port:
                yield _attacked(name, server["PORT"], port, tmp_path_factory.mktemp("media"))
        finally:
            run("DROP DATABASE {name} WITH (FORCE)")
            run("DROP ROLE {name}")


def _attacked(name, server_port, bouncer_port, media):
    done = subprocess.run(
        [sys.executable, "-m", "tests.isolation.stock.attacks"],
        cwd=ROOT,
        env={
            **os.environ,
            "STOCK_NAME": name,
            "STOCK_PORT": str(server_port),
            "STOCK_BOUNCER_PORT": str(bouncer_port),
            "STOCK_MEDIA": str(media),
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", ATTACKS)
def test_the_attack_works_against_stock_django_tenants(outcome, name):
    assert outcome[name] is True


@pytest.mark.parametrize("name", OWN_ANSWERS)
def test_stock_django_tenants_has_its_own_answer(outcome, name):
    assert outcome[name] is True
