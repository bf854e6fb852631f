"""One JSON line a request and a task, with the ids that join them."""

import io
import json
import logging

import pytest
import structlog

from config.logging import logging_config
from tenants import scopes
from tenants.celery import ScopedTask


@pytest.fixture
def lines(capsys):
    """Everything that we logged so far, as parsed JSON lines."""
    seen: list[dict] = []

    def read() -> list[dict]:
        seen.extend(
            json.loads(line) for line in capsys.readouterr().err.splitlines() if line[:1] == "{"
        )
        return seen

    capsys.readouterr()
    return read


def _requests(lines) -> list[dict]:
    return [line for line in lines() if line["event"] == "request"]


def test_a_page_is_one_line_with_its_ids(real_db, at, lines):
    response = at("oud-house").get("/ar/?secret=no", headers={"X-Request-ID": "forged-by-a-client"})

    (line,) = _requests(lines)
    assert line["request_id"] == response.headers["X-Request-ID"] != "forged-by-a-client"
    assert (line["surface"], line["slug"], line["status"]) == ("storefront", "oud-house", 200)
    assert (line["method"], line["path"], line["level"]) == ("GET", "/ar/", "info")
    assert "secret" not in json.dumps(line)


def test_a_trusted_proxys_request_id_is_kept(real_db, at, lines, settings):
    settings.SOUQNA_TRUSTED_HOPS = 1

    response = at("oud-house").get("/ar/", headers={"X-Request-ID": "edge-0123456789"})
    forged = at("oud-house").get("/ar/", headers={"X-Request-ID": 'x"\n{"event": "forged"}'})

    assert response.headers["X-Request-ID"] == "edge-0123456789"
    assert "forged" not in forged.headers["X-Request-ID"]


def test_nothing_of_a_request_is_left_for_the_next(real_db, at, lines):
    at("oud-house").get("/ar/")
    at("nobody").get("/ar/")

    assert "tenant" not in _requests(lines)[-1]
    assert structlog.contextvars.get_contextvars() == {}


def test_a_dashboard_line_names_the_user(real_db, at, lines):
    client = at("app")
    with scopes.public():
        from tenants.models import User

        user = User.objects.get(email="owner@oud-house.example")
        client.force_login(user)

    assert client.get("/oud-house/").status_code == 200

    line = _requests(lines)[-1]
    assert (line["surface"], line["slug"], line["user"]) == ("app", "oud-house", str(user.id))


def test_a_tasks_lines_carry_the_requests_id(real_db, tenant_a, lines):
    from config.celery import app

    @app.task(base=ScopedTask, name="tests.log_something")
    def log_something() -> None:
        structlog.get_logger("test").info("inside")

    with scopes.tenant(tenant_a.id), structlog.contextvars.bound_contextvars(request_id="r-1"):
        log_something.apply()

    line = next(line for line in lines() if line["event"] == "inside")
    assert line["request_id"] == "r-1"
    assert line["task"] == "tests.log_something"
    assert line["tenant"] == str(tenant_a.id)
    assert line["surface"] == "task"


def test_others_lines_carry_the_ids_as_well():
    """What a library logs through `logging` gets the same form and the same context."""
    formatter = dict(logging_config(log_format="json", level="INFO")["formatters"]["structured"])
    handler = logging.StreamHandler(stream := io.StringIO())
    handler.setFormatter(formatter.pop("()")(**formatter))
    record = logging.LogRecord("a.library", logging.WARNING, "", 1, "it %s", ("happened",), None)

    with structlog.contextvars.bound_contextvars(request_id="r-7"):
        handler.handle(record)

    line = json.loads(stream.getvalue())
    assert (line["event"], line["request_id"], line["level"]) == ("it happened", "r-7", "warning")
