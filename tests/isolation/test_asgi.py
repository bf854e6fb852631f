"""Requests of two tenants interleaved through the ASGI application itself."""

import asyncio
import json

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from django.db import connections
from django.test import Client

from tenants import scopes
from tests.isolation import urls

ROUNDS = 3


@pytest.fixture
def application(mode, settings):
    """The application with the views of `urls.py` on storefronts."""
    settings.SURFACE_URLCONFS = {
        **settings.SURFACE_URLCONFS,
        "storefront": "tests.isolation.urls",
    }
    # Each ASGI request has a thread of its own and keeps one connection to its end.
    database = connections.settings["default"]
    database["CONN_MAX_AGE"] = 0
    if mode == "pool":
        database["OPTIONS"]["pool"]["max_size"] = 8
    return get_asgi_application()


async def get(application, side, path):
    """Status and body of one request to the tenant's host."""
    host = f"{side.tenant.slug}.localhost".encode()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", host)],
        "server": ("127.0.0.1", 80),
    }
    communicator = ApplicationCommunicator(application, scope)
    await communicator.send_input({"type": "http.request", "body": b"", "more_body": False})
    start = await communicator.receive_output(20)
    body = b""
    while True:
        message = await communicator.receive_output(20)
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await communicator.wait(20)
    return start["status"], body.decode()


def together(application, requests):
    """All at once: none goes on before every one has come as far."""

    async def run():
        urls.meeting[:] = [asyncio.Barrier(len(requests))]
        found = await asyncio.gather(*(get(application, *request) for request in requests))
        assert scopes.active() is None
        return found

    return asyncio.run(run())


def test_interleaved_requests_answer_for_their_own_tenant(application, a, b):
    sides = (a, b) * 4
    for _ in range(ROUNDS):
        answers = together(application, [(side, "/page/") for side in sides])

        for side, (status, body) in zip(sides, answers, strict=True):
            answer = json.loads(body)
            assert status == 200
            assert answer["tenant"] == str(side.id)
            assert answer["titles"] == [f"{side.name}-1", *side.titles, *side.titles]


def test_interleaved_streams_stay_in_their_own_tenant(application, a, b):
    sides = (a, b, b, a)

    answers = together(application, [(side, "/stream/") for side in sides])

    for side, answer in zip(sides, answers, strict=True):
        assert answer == (200, "".join(f"{side.name}-{key}\n" for key in (1, 2, 3)))


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume synchronous iterators")
def test_a_synchronous_stream_under_asgi_stays_in_its_tenant(application, a, b):
    answers = together(application, [(side, "/plain-stream/") for side in (a, b)])

    for side, answer in zip((a, b), answers, strict=True):
        assert answer == (200, "".join(f"{side.name}-{key}\n" for key in (1, 2, 3)))


def test_a_failing_request_disturbs_nobody(application, a, b):
    requests = [(a, "/failing/"), (b, "/failing/")]
    failures = together(application, requests)
    answers = together(application, [(side, "/page/") for side in (b, a)])

    assert [status for status, _ in failures] == [500, 500]
    for side, (status, body) in zip((b, a), answers, strict=True):
        assert (status, json.loads(body)["tenant"]) == (200, str(side.id))


def test_a_synchronous_stream_under_wsgi_stays_in_its_tenant(application, a, b):
    responses = [
        Client(HTTP_HOST=f"{side.tenant.slug}.localhost").get("/plain-stream/") for side in (a, b)
    ]

    read = [
        b"".join(pair).decode()
        for pair in zip(*(r.streaming_content for r in responses), strict=True)
    ]

    assert read == [f"A-{key}\nB-{key}\n" for key in (1, 2, 3)]
