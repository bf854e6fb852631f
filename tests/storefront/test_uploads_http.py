"""Posting files over a connection: as much as is sent, as far as it gets."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

from storefront.domain.uploads import LARGEST
from storefront.views import uploads
from tests.storefront.uploads import drawn, files

JPEG = drawn(size=(400, 300), colour=(200, 30, 30))
BOUNDARY = "BOUNDARY"


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, *args):
        """Nothing."""


@pytest.fixture
def port(real_db) -> Iterator[int]:
    """The port of a server of the real application."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet, ipv6=False)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join(5)


def opening(fields) -> bytes:
    """The body up to the file."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    file = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    return "".join([*parts, file]).encode()


CLOSING = f"\r\n--{BOUNDARY}--\r\n".encode()


def head(length: int) -> bytes:
    return (
        "POST /api/v1/uploads/ HTTP/1.1\r\nHost: app.localhost\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def send(port, fields, pieces, size):
    """Post a file of so many bytes; status and code."""
    start = opening(fields)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(head(len(start) + size + len(CLOSING)) + start)
        for piece in pieces:
            connection.sendall(piece)
        connection.sendall(CLOSING)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        body = answer.read()
    return answer.status, json.loads(body)["code"] if body else ""


def incoming() -> list[Path]:
    return list((Path(settings.MEDIA_ROOT) / "incoming").glob("*"))


def test_a_file_comes_over_the_wire(up, port, tenant_a):
    announced = up.announce(JPEG)

    assert send(port, announced["upload"]["fields"], [JPEG], len(JPEG)) == (204, "")

    name = f"quarantine/{announced['id']}"
    assert files(tenant_a) == {name}
    assert (Path(settings.MEDIA_ROOT) / str(tenant_a.id) / name).read_bytes() == JPEG
    assert incoming() == []


def test_the_largest_file_comes_in_pieces(up, port, tenant_a, monkeypatch):
    pieces = []
    real = uploads._Receiver.receive_data_chunk
    monkeypatch.setattr(
        uploads._Receiver,
        "receive_data_chunk",
        lambda self, data, start: (pieces.append(len(data)), real(self, data, start))[1],
    )
    announced = up.announce(b"", size=LARGEST)

    million = b"x" * (1024 * 1024)
    status = send(port, announced["upload"]["fields"], [million] * 25, LARGEST)

    assert status == (204, "")
    assert max(pieces) <= 64 * 1024
    assert sum(pieces) == LARGEST


@pytest.mark.parametrize("megabytes", [26, 50])
def test_too_much_is_refused_unread(up, port, tenant_a, megabytes, monkeypatch):
    monkeypatch.setattr(uploads, "MultiPartParser", None)  # nothing is parsed
    announced = up.announce(JPEG)

    size = megabytes * 1024 * 1024
    pieces = [b"x" * (1024 * 1024)] * megabytes
    assert send(port, announced["upload"]["fields"], pieces, size) == (413, "too_large")

    assert files(tenant_a) == set()
    assert incoming() == []


def test_more_than_was_announced_is_refused_on_the_way(up, port, tenant_a):
    announced = up.announce(JPEG)

    pieces = [b"x" * (1024 * 1024)] * 20
    status = send(port, announced["upload"]["fields"], pieces, 20 * 1024 * 1024)

    assert status == (413, "too_large")
    assert files(tenant_a) == set()
    assert incoming() == []


def test_nothing_is_written_for_strangers(up, port, tenant_a, monkeypatch):
    written = []
    monkeypatch.setattr(uploads._Receiver, "receive_data_chunk", lambda *args: written.append(args))

    pieces = [b"x" * (1024 * 1024)] * 20
    status = send(port, {"key": f"{tenant_a.id}/quarantine/x"}, pieces, 20 * 1024 * 1024)

    assert status == (403, "permission_denied")
    assert written == []


def test_a_connection_that_broke_leaves_nothing_and_the_file_may_come_again(up, port, tenant_a):
    announced = up.announce(JPEG)
    fields = announced["upload"]["fields"]
    start = opening(fields)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head(len(start) + len(JPEG) + len(CLOSING)) + start + JPEG[:500])
        time.sleep(0.3)
        assert len(incoming()) == 1

    deadline = time.monotonic() + 10
    while incoming() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert incoming() == []
    assert files(tenant_a) == set()
    assert send(port, fields, [JPEG], len(JPEG)) == (204, "")


def test_two_at_the_same_time_are_one(up, port, tenant_a):
    announced = up.announce(JPEG)
    fields = announced["upload"]["fields"]
    start = opening(fields)
    whole = head(len(start) + len(JPEG) + len(CLOSING)) + start + JPEG + CLOSING
    connections = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(4)]
    for connection in connections:
        connection.sendall(whole[:-1])
    time.sleep(0.5)
    for connection in connections:
        connection.sendall(whole[-1:])
    statuses = []
    for connection in connections:
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        answer.read()
        statuses.append(answer.status)
        connection.close()

    assert sorted(statuses) == [204, 403, 403, 403]
    assert len(files(tenant_a)) == 1
