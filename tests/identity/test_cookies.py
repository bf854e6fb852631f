"""Cookies as browsers get them: over https behind a proxy that ends TLS, and over plain http."""

import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

from config.embedded.ports import free_port
from tenants import scopes
from tenants.domain.tenants import get_or_create_user
from tenants.identity.embedded.engine import make_account_ready
from tests.identity.tls import certificate, proxy

ROOT = Path(__file__).resolve().parents[2]
HOST, SHOP = "app.localhost", "oud-house.localhost"
PASSWORD = "a-long-enough-password"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
#: What each cookie is but for its value and its age.
OURS = {
    "session": {"httponly", "path=/", "samesite=lax"},
    "csrf": {"httponly", "path=/", "samesite=lax"},
    "refresh": {"httponly", "path=/", "samesite=strict"},
}


@dataclass
class Visitor:
    """A browser at one host: connects to 127.0.0.1, by TLS if there is a context."""

    port: int
    context: ssl.SSLContext | None
    host: str = HOST
    jar: dict[str, str] = field(default_factory=dict)
    #: Name → what the newest `Set-Cookie` said beside the value and the age.
    flags: dict[str, set[str]] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"{'https' if self.context else 'http'}://{self.host}:{self.port}"

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        raw = socket.create_connection(("127.0.0.1", self.port), 30)
        connection.sock = (
            self.context.wrap_socket(raw, server_hostname=self.host) if self.context else raw
        )
        sent = {"Host": f"{self.host}:{self.port}", "Accept-Language": "en", **headers}
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        self.keep(answer.headers.get_all("Set-Cookie", []))
        return answer

    def keep(self, cookies):
        for cookie in cookies:
            pair, *attributes = cookie.split("; ")
            name, _, value = pair.partition("=")
            self.jar[name] = value.strip('"')
            lower = {one.lower() for one in attributes}
            self.flags[name] = {
                one for one in lower if not one.startswith(("expires=", "max-age="))
            }

    def form(self, path, *, origin="", **fields):
        kind = "application/x-www-form-urlencoded"
        sent = {"Content-Type": kind, "Origin": origin or self.origin}
        return self.ask("POST", path, urlencode(fields), **sent)

    def post(self, path, data=None, **headers):
        content = {"Content-Type": "application/json", "Origin": self.origin, **headers}
        return self.ask("POST", f"/api/v1/{path}", json.dumps(data or {}), **content)


@pytest.fixture
def email(real_db):
    """The address of somebody with a password."""
    with scopes.public():
        made = get_or_create_user(f"{uuid4().hex[:8]}@example.com")
        make_account_ready(made, PASSWORD)
    return made.email


@pytest.fixture(scope="module")
def secure(django_db_setup, tmp_path_factory):
    """The application as a process of its own behind TLS: its own port, the proxy's, and a context that
    trusts the proxy.
    """
    folder, port = tmp_path_factory.mktemp("tls"), free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.identity.https_settings",
        "SOUQNA_SCHEME": "https",
    }
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--config", "config/gunicorn.py"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--workers", "1", "--bind", f"127.0.0.1:{port}"],
            cwd=ROOT, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        pem = certificate(folder, HOST, SHOP)
        context = ssl.create_default_context(cafile=str(pem))
        with proxy(port, pem) as outside:
            _wait_for(port, process, folder / "log")
            yield port, outside, context
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _wait_for(port, process, log):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if Visitor(port, None).ask("GET", "/livez").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(log.read_text())


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format, *args):  # noqa: A002 (the base class's name)
        """Nothing."""


@pytest.fixture(scope="module")
def plain(django_db_setup):
    """The application over plain http, in a thread; its port."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler, ipv6=False)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture(params=["https", "http"])
def visit(request):
    """A visitor over either, and how the three cookies must look there."""
    if request.param == "http":
        return Visitor(request.getfixturevalue("plain"), None), "", OURS
    _inside, outside, context = request.getfixturevalue("secure")
    wanted = {f"__Host-{name}": flags | {"secure"} for name, flags in OURS.items()}
    return Visitor(outside, context), "__Host-", wanted


def test_the_pages_cookies(visit, email):
    visitor, prefix, wanted = visit
    csrf, session = f"{prefix}csrf", f"{prefix}session"

    page = visitor.ask("GET", "/login/")
    assert visitor.flags == {csrf: wanted[csrf]}
    token = TOKEN.search(page.text)[1]
    form = {"email": email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    foreign = visitor.form("/login/", **form, origin=visitor.origin.replace(HOST, SHOP))
    assert (foreign.status, session in visitor.jar) == (403, False)
    assert visitor.form("/login/", **form).status == 302
    assert visitor.flags == {csrf: wanted[csrf], session: wanted[session]}
    page = visitor.ask("GET", "/tenants/")
    assert page.status == 200

    ended = visitor.form("/logout/", csrfmiddlewaretoken=TOKEN.search(page.text)[1])
    assert (ended.status, visitor.jar[session]) == (302, "")
    # Browsers drop a `__Host-` cookie only for one that could have set it.
    assert visitor.flags[session] >= wanted[session] - {"httponly"}
    assert visitor.ask("GET", "/tenants/").status == 302


def test_the_apis_cookie(visit, email):
    visitor, prefix, wanted = visit
    name = f"{prefix}refresh"

    granted = visitor.post("auth/login/", {"email": email, "password": PASSWORD})
    assert visitor.flags == {name: wanted[name]}
    tokens, first = json.loads(granted.text), visitor.jar[name]
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert json.loads(visitor.ask("GET", "/api/v1/me/", **bearer).text)["email"] == email

    csrf = {"X-CSRFToken": tokens["csrf_token"]}
    foreign = visitor.post("auth/refresh/", Origin=visitor.origin.replace(HOST, SHOP), **csrf)
    assert (foreign.status, visitor.jar[name]) == (403, first)
    assert visitor.post("auth/refresh/", **csrf).status == 200
    assert visitor.jar[name] != first
    assert visitor.flags == {name: wanted[name]}
    assert visitor.post("auth/logout/", **csrf).status == 204
    assert visitor.jar[name] == ""
    assert visitor.flags == {name: wanted[name]}


def test_no_cookie_by_another_name_counts(visit, email):
    """A page of a neighbouring host can set `session` for the whole domain, but no `__Host-session`."""
    visitor, prefix, _ = visit
    token = TOKEN.search(visitor.ask("GET", "/login/").text)[1]
    visitor.form("/login/", email=email, password=PASSWORD, csrfmiddlewaretoken=token)
    key = visitor.jar[f"{prefix}session"]

    visitor.jar = {"session" if prefix else "__Host-session": key}

    assert visitor.ask("GET", "/tenants/").status == 302
    visitor.jar = {f"{prefix}session": key}
    assert visitor.ask("GET", "/tenants/").status == 200


def test_a_storefront_sets_none(visit):
    visitor, _, _ = visit
    visitor.host = SHOP

    assert visitor.ask("GET", "/ar/").status == 200
    assert visitor.flags == {}


def test_a_form_over_https_says_where_it_comes_from(secure, email):
    _inside, outside, context = secure
    visitor = Visitor(outside, context)
    token = TOKEN.search(visitor.ask("GET", "/login/").text)[1]
    form = urlencode({"email": email, "password": PASSWORD, "csrfmiddlewaretoken": token})
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    assert visitor.ask("POST", "/login/", form, **kind).status == 403
    assert "__Host-session" not in visitor.jar


def test_who_comes_past_the_proxy_gets_no_cookie(secure):
    inside, _outside, _context = secure
    visitor = Visitor(inside, None)

    answer = visitor.ask("GET", "/login/")

    assert (answer.status, visitor.flags) == (301, {})
    assert answer.headers["Location"].startswith(f"https://{HOST}")
