"""Chromium, and a server of the real application for it, under a strict content policy."""

import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

T = TypeVar("T")
POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP localhost 127.0.0.1, MAP *.localhost 127.0.0.1",
]
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PHONE = {"width": 360, "height": 740}


class QuietHandler(WSGIRequestHandler):
    """Logs nothing: the application does."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        """Nothing."""


def with_policy(application: WSGIApplication) -> WSGIApplication:
    """`application`, its answers under POLICY unless they bring one of their own."""

    def policed(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        def start_policed(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if not any(name.lower() == "content-security-policy" for name, _ in headers):
                headers = [*headers, ("Content-Security-Policy", POLICY)]
            return start(status, headers, *rest)

        return application(environ, start_policed)

    return policed


@pytest.fixture(scope="session")
def port(django_db_setup: None) -> Iterator[int]:
    """The port of a running server."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler, ipv6=False)
    server.daemon_threads = True
    server.set_app(with_policy(get_wsgi_application()))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join(5)


def executable(playwright: Playwright) -> str:
    """Chromium's path. Skips the test without one, or fails it where all must run."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), playwright.chromium.executable_path)
    if not Path(found).exists():
        message = "NOT RUN: no Chromium; install one or run `playwright install chromium`"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    return found


@dataclass
class Visit:
    """An open page, and what its console said."""

    page: Page
    complaints: list[str] = field(default_factory=list)


class Chromium:
    """A browser in a thread of its own.

    Playwright keeps an event loop running in its thread; in the tests' own, Django would refuse
    every statement.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="chromium")
        self._playwright, self._browser = self._thread.submit(self._launch).result()

    @staticmethod
    def _launch() -> tuple[Playwright, Browser]:
        playwright = sync_playwright().start()
        browser = playwright.chromium.launch(executable_path=executable(playwright), args=FLAGS)
        return playwright, browser

    def close(self) -> None:
        """End the browser and its thread."""
        self._thread.submit(self._browser.close).result()
        self._thread.submit(self._playwright.stop).result()
        self._thread.shutdown()

    def run(self, look: Callable[[Visit], T], **options: Any) -> T:
        """What `look` finds, given a blank page with these options of a Playwright context."""
        return self._thread.submit(self._look, look, options).result(60)

    def _look(self, look: Callable[[Visit], T], options: dict[str, Any]) -> T:
        cookies = options.pop("cookies", [])
        context = self._browser.new_context(viewport=PHONE, reduced_motion="reduce", **options)
        try:
            context.add_cookies(cookies)
            visit = Visit(context.new_page())
            visit.page.on("console", lambda message: visit.complaints.append(message.text))
            visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
            return look(visit)
        finally:
            context.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The browser."""
    browser = Chromium()
    yield browser
    browser.close()
