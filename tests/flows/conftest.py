"""A running `bin/demo`, and a person at the other end of a socket."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from config.embedded.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Answer:
    """An HTTP response, read whole."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Person:
    """One visitor or member of staff: connects to 127.0.0.1, sends Host, keeps cookies by host."""

    port: int
    language: str = "en"
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def ask(
        self,
        method: str,
        host: str,
        path: str,
        *,
        body: Any = None,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request. `body` is sent as JSON, `form` as a browser's form."""
        sent = {"Host": f"{host}:{self.port}", "Accept-Language": self.language, **(headers or {})}
        if jar := self.cookies.get(host):
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        data = None
        if form is not None:
            data = urlencode(form)
            sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
        elif body is not None:
            data = body if isinstance(body, str | bytes) else json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, data, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        self._keep(host, answer)
        return answer

    def get(self, host: str, path: str, **options: Any) -> Answer:
        return self.ask("GET", host, path, **options)

    def post(self, host: str, path: str, **options: Any) -> Answer:
        return self.ask("POST", host, path, **options)

    def log_in(self, email: str, password: str = "souqna-demo-2026") -> Answer:
        """Log in on `app.` as a browser would."""
        self.get("app.localhost", "/login/")
        token = self.cookies["app.localhost"]["csrf"]
        form = {"email": email, "password": password, "csrfmiddlewaretoken": token}
        return self.post("app.localhost", "/login/", form=form)

    def csrf(self) -> dict[str, str]:
        """The header that a session's API calls carry."""
        return {"X-CSRFToken": self.cookies["app.localhost"]["csrf"]}

    def _keep(self, host: str, answer: Answer) -> None:
        for header in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(header).items():
                self.cookies.setdefault(host, {})[name] = morsel.value


@dataclass(frozen=True)
class Demo:
    """A demo that runs: its port, what it wrote to demo.json, and its process."""

    port: int
    described: dict[str, Any]
    state: Path

    def person(self, **options: Any) -> Person:
        return Person(self.port, **options)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`bin/demo` on a port and a state folder of its own, as a stranger starts it."""
    state = tmp_path_factory.mktemp("demo") / "var"
    port, log = free_port(), state.parent / "demo.log"
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE_", "REDIS_", "CACHE_", "SOUQNA_", "DJANGO_"))
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.embedded.demo", "--port", str(port)],
            cwd=ROOT,
            env={**variables, "SOUQNA_STATE": str(state)},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        until(lambda: "Souqna is ready." in log.read_text() or process.poll() is not None, 180)
        assert process.poll() is None, log.read_text()
        yield Demo(port, json.loads((state / "demo.json").read_text()), state)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()


def until(condition: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait for a true result and return it; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.1)
    pytest.fail("it did not happen in time")
