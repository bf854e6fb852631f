"""Requests as gunicorn would hand them over, and what comes back: the same for every side."""

import json
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from itertools import cycle, islice
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from tests.bench import goods
from tests.bench.side import cost, database_time, recorded

LANGUAGES = ("ar", "en")
_ORDER = json.dumps(goods.order(), ensure_ascii=False).encode()


@lru_cache(maxsize=1)
def application() -> WSGIHandler:
    """What the WSGI server would call: all of the middleware, and the signals around a request."""
    return WSGIHandler()


def ask(host: str, path: str, **environ: Any) -> dict[str, Any]:
    """The answer to a request, a GET unless `environ` says otherwise, through WSGI."""
    answer: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> None:
        answer.update(status=status, headers=dict(headers))

    response = application()({**_environ(host, path), **environ}, start_response)
    try:
        answer["body"] = b"".join(response)
    finally:
        response.close()  # Django's end of the request
    return answer


def pages(hosts: list[str], path: str, times: int) -> int:
    """CPU of `times` pages at `path` below the language, hosts and languages in rotation.

    Raises if one is no page.
    """
    rotation = islice(_pages(tuple(hosts), path), times)
    return cost(lambda: _expect("200 OK", ask(*next(rotation))), times)


def answers(hosts: list[str], path: str) -> list[dict[str, Any]]:
    """The page on each host in each language: status, headers, body, and the statements behind it."""
    found = []
    for host in hosts:
        for language in LANGUAGES:
            with recorded() as statements:
                answer = ask(host, f"/{language}/{path}")
            body = answer["body"].decode()
            found.append({**answer, "body": body, "statements": statements})
    return found


def submissions(hosts: list[str], times: int) -> int:
    """CPU of `times` orders, hosts in rotation. Raises if one isn't placed."""
    rotation = islice(_hosts(tuple(hosts)), times)
    return cost(lambda: _expect("201 Created", _submit(next(rotation))), times)


def submission_times(hosts: list[str], times: int) -> int:
    """Nanoseconds that `times` orders wait for the database, hosts in rotation."""
    rotation = islice(_hosts(tuple(hosts)), times)
    return database_time(lambda: _expect("201 Created", _submit(next(rotation))), times)


def submitted(hosts: list[str]) -> list[dict[str, Any]]:
    """An order on each host: status, document, and the statements behind it."""
    found = []
    for host in hosts:
        with recorded() as statements:
            answer = _submit(host)
        document = json.loads(answer["body"])
        found.append({"status": answer["status"], "body": document, "statements": statements})
    return found


def _submit(host: str) -> dict[str, Any]:
    """Each with a key of its own."""
    post = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(_ORDER)),
        "HTTP_ACCEPT": "application/json",
        "HTTP_IDEMPOTENCY_KEY": str(uuid4()),
        "wsgi.input": BytesIO(_ORDER),
    }
    return ask(host, "/api/v1/orders/", **post)


def _expect(status: str, answer: dict[str, Any]) -> None:
    if answer["status"] != status:
        raise RuntimeError(f"{answer['status']}: {answer['body'][:500]!r}")


@lru_cache(maxsize=8)
def _pages(hosts: tuple[str, ...], path: str) -> Iterator[tuple[str, str]]:
    return cycle([(host, f"/{language}/{path}") for host in hosts for language in LANGUAGES])


@lru_cache(maxsize=8)
def _hosts(hosts: tuple[str, ...]) -> Iterator[str]:
    return cycle(hosts)


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
        # A page that is opened is counted, which is a row of its own.
        "HTTP_SEC_PURPOSE": "prefetch",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
