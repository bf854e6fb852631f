"""Production refuses to start on what is missing or weak, by name; every variable is documented."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.addresses import is_bare_address
from notifications.domain.letters import named_address

ROOT = Path(__file__).resolve().parents[2]
_VARIABLE = re.compile(r"""env(?:\.\w+)?\(\s*["']([A-Z_]+)["']|_database\(["']([A-Z_]+)["']""")
GOOD = {
    "SECRET_KEY": "k7" * 10 + "-random-enough-for-a-test-" + "zQ9x" * 5,
    "DATABASE_URL": "postgres://web:secret@db.example/souqna",
    "DATABASE_OWNER_URL": "postgres://owner:secret@db.example/souqna",
    "REDIS_URL": "redis://broker.example/0",
    "CACHE_URL": "redis://cache.example/0",
    "SOUQNA_DOMAIN": "souqna.example",
    "SOUQNA_SCHEME": "https",
    "EMAIL_URL": "smtps://souqna:secret@mail.example",
}


def check(**changes: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check --deploy` with production's settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {name: value for name, value in {**kept, **GOOD, **changes}.items() if value}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
        + ["--settings=config.settings.production"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_complete_production_environment_is_clean():
    done = check()

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, "") for name in GOOD if name != "DATABASE_OWNER_URL"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("SOUQNA_SCHEME", "http"),
        ("SOUQNA_DOMAIN", "localhost"),
        ("EMAIL_FROM", "Souqna <no-reply@souqna.example>"),
        ("OIDC_ISSUER", "http://issuer.example"),
    ],
)
def test_production_refuses_by_name(name, value):
    done = check(**{name: value, **({"OIDC_CLIENT_ID": "x"} if name == "OIDC_ISSUER" else {})})

    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]


COGNITO = {
    "IDENTITY_ENGINE": "cognito",
    "COGNITO_USER_POOL_ID": "me-south-1_Example00",
    "COGNITO_CLIENT_ID": "an-app-client",
}


def test_a_user_pool_is_enough_for_cognito():
    done = check(**COGNITO)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COGNITO_USER_POOL_ID", ""),
        ("COGNITO_CLIENT_ID", ""),
        ("IDENTITY_ENGINE", "okta"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:5000"),
        ("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "http://127.0.0.1:5000"),
    ],
)
def test_production_refuses_a_pool_by_name(name, value):
    done = check(**{**COGNITO, name: value})

    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]


def test_an_issuer_needs_our_name_there():
    done = check(OIDC_ISSUER="https://issuer.example")

    assert done.returncode != 0
    assert "OIDC_CLIENT_ID" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("module", ["config.wsgi", "config.asgi", "config.celery"])
def test_a_forgotten_settings_variable_means_production(module):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    look = "from django.conf import settings; print(settings.SETTINGS_MODULE, settings.SOUQNA_DEMO)"
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}; {look}"],
        cwd=ROOT, env={**kept, **GOOD}, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout.split() == ["config.settings.production", "False"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", ["mail.example", 25, "", "", False, False]),
        ("smtp+tls://me:p%40ss@mail.example", ["mail.example", 587, "me", "p@ss", False, True]),
        ("smtps://me:pass@mail.example", ["mail.example", 465, "me", "pass", True, False]),
        ("smtps://mail.example:2465", ["mail.example", 2465, "", "", True, False]),
    ],
)
def test_a_mail_servers_url_says_how_to_reach_it(url, expected):
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_SSL", "USE_TLS")
    look = (
        "import json; from config.settings import production as p;"
        f" print(json.dumps([getattr(p, 'EMAIL_' + name) for name in {names}]), p.SOUQNA_MAILBOX,"
        " p.SOUQNA_PORT)"
    )
    done = subprocess.run(
        [sys.executable, "-c", look],
        cwd=ROOT, env={**GOOD, "EMAIL_URL": url}, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout.split("] ")[0] + "]" == json.dumps(expected)
    assert done.stdout.endswith("] False 443\n")


@pytest.mark.parametrize(
    "text", ["no-reply@souqna.example", "no-reply@localhost", '"a b"@c.example']
)
def test_an_address_alone_is_one_to_send_from(text):
    assert is_bare_address(text)
    assert named_address("Souqna", text) == f"Souqna <{text}>"


@pytest.mark.parametrize(
    "text",
    ["", "x", "x@", "@x.example", "Souqna <a@x.example>", "<a@x.example>", "a@x.example,b@x.example",
     " a@x.example", "a@x.example\n", "a@x.example:8000", "é@x.example"],
)  # fmt: skip
def test_what_is_no_address_alone(text):
    assert not is_bare_address(text)


def test_the_tests_run_on_their_own_settings(settings):
    assert settings.SETTINGS_MODULE == "config.settings.test"


def test_every_variable_has_its_heading():
    sources = [*ROOT.glob("config/**/*.py"), *ROOT.glob("tenants/**/*.py")]
    names = {
        name
        for source in sources
        for pair in _VARIABLE.findall(source.read_text())
        for name in pair
        if name
    }
    headings = set(
        re.findall(r"^### `([A-Z_]+)`", (ROOT / "docs/configuration.md").read_text(), re.MULTILINE)
    )

    assert len(names) > 10
    assert names <= headings


def test_the_environment_is_read_in_few_places():
    readers = {
        str(source.relative_to(ROOT))
        for app in ("tenants", "storefront", "capture", "assistant", "notifications", "dashboards")
        for source in (ROOT / app).rglob("*.py")
        if re.search(r"os\.environ|getenv", source.read_text())
    }

    assert readers == set()
