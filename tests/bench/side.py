"""What every side's process does: serve pages to itself, record statements, count its CPU."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from itertools import cycle, islice
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections

from tests.bench import cpu

LANGUAGES = ("ar", "en")
#: A page with one query: the cart of somebody who has chosen nothing yet.
PAGE = "/{}/cart/"


def backends() -> list[int]:
    """The process ids of PostgreSQL's ends of our connections."""
    wrappers = connections.all(initialized_only=True)
    return sorted(one.connection.info.backend_pid for one in wrappers if one.connection)


def cost(run: Callable[[], object], times: int) -> int:
    """Nanoseconds of CPU that `times` runs take, here and in PostgreSQL."""
    connected = backends()
    before = cpu.here(*connected)
    for _ in range(times):
        run()
    if backends() != connected:
        raise RuntimeError("a connection was opened or closed: run it once before measuring")
    return cpu.here(*connected) - before


def disconnect() -> None:
    """Begin anew with connections: settings of the database reach new ones only."""
    connections.close_all()


@lru_cache(maxsize=1)
def application() -> WSGIHandler:
    """What the WSGI server would call: all of the middleware, and the signals around a request."""
    return WSGIHandler()


def get(host: str, path: str) -> dict[str, Any]:
    """The answer to a GET, through WSGI."""
    answer: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> None:
        answer.update(status=status, headers=dict(headers))

    response = application()(_environ(host, path), start_response)
    try:
        answer["body"] = b"".join(response)
    finally:
        response.close()  # Django's end of the request
    return answer


def _environ(host: str, path: str) -> dict[str, Any]:
    """What gunicorn behind a proxy hands over for a browser's request."""
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": host,
        "HTTP_X_FORWARDED_PROTO": "https" if settings.SECURE_SSL_REDIRECT else "http",
        "HTTP_X_FORWARDED_FOR": "203.0.113.7",
        "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "HTTP_ACCEPT_LANGUAGE": "ar,en;q=0.5",
        "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


@lru_cache(maxsize=8)
def _pages(hosts: tuple[str, ...]) -> cycle:
    return cycle([(host, PAGE.format(language)) for host in hosts for language in LANGUAGES])


def pages(hosts: list[str], times: int) -> int:
    """CPU of `times` pages, hosts and languages in rotation. Raises if one is no page."""
    rotation = islice(_pages(tuple(hosts)), times)

    def serve() -> None:
        answer = get(*next(rotation))
        if answer["status"] != "200 OK":
            raise RuntimeError(f"{answer['status']}: {answer['body'][:500]!r}")

    return cost(serve, times)


def answers(hosts: list[str]) -> list[dict[str, Any]]:
    """The page of each host in each language: status, headers, body, and the statements behind it."""
    found = []
    for host in hosts:
        for language in LANGUAGES:
            with recorded() as statements:
                answer = get(host, PAGE.format(language))
            body = answer["body"].decode()
            found.append({**answer, "body": body, "statements": statements})
    return found


@contextmanager
def recorded() -> Iterator[list[str]]:
    """The statements that go through Django's cursors inside the block."""
    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def backend() -> int:
    """The process id of PostgreSQL's end of the default connection."""
    return int(connection.connection.info.backend_pid)
