"""A process killed in the middle of placing an order: sent again, the order is there once."""

import json
import os
import subprocess
import sys
import time
from uuid import uuid4

import pytest

from capture.models import IdempotencyRecord, OrderChange, OrderLine
from tenants import scopes
from tenants.models import OutboxEvent
from tests.capture.conftest import orders_of, stock_of
from tests.capture.test_public_api import order_of
from tests.isolation.world import superuser

_PROCESS = """
import json, os, signal, sys
import django
django.setup()
from django.test import Client
from django.db import connection
from capture.api import orders as api
from capture.domain import idempotency, orders
from tenants.db import base
from tenants.domain import outbox

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def then_die(function):
    def call(*args, **kwargs):
        function(*args, **kwargs)
        die()
    return call

def send_and_die(text):
    # And wait for nothing: the server finds nobody to answer.
    def execute(cursor, query, *args, **options):
        if 'INSERT INTO "idempotency_records"' in query:
            cursor.connection.pgconn.send_query(text(query).encode())
            cursor.connection.pgconn.flush()
            die()
        return stock(cursor, query, *args, **options)
    stock = base.ScopedCursor.execute
    base.ScopedCursor.execute = execute

point, slug, key, body = sys.argv[1:]
if point == "taken":
    idempotency._locked_record = then_die(idempotency._locked_record)
if point == "priced":
    orders.quote = then_die(orders.quote)
if point == "event reported":
    outbox.enqueue = then_die(outbox.enqueue)
if point == "order placed":
    api.place_order = then_die(api.place_order)
if point == "all written":
    send_and_die(lambda query: query.removesuffix("; COMMIT"))
if point == "commit sent":
    send_and_die(str)
if point == "committed":
    outbox.nudge = die
host = f"{slug}.localhost"
client = Client(SERVER_NAME=host, HTTP_HOST=host, headers={"Idempotency-Key": key})
client.post("/api/v1/orders/", body, content_type="application/json")
print("lived")
"""
POINTS = [
    "taken",
    "priced",
    "event reported",
    "order placed",
    "all written",
    "commit sent",
    "committed",
]


def nobody_is_inside():
    """Wait until the server has done what was sent to it, and noticed that its client is gone."""
    sessions = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    deadline = time.monotonic() + 20
    with superuser() as server:
        while server.execute(sessions).fetchone() != (0,):
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_submission_sent_again_has_one_effect(shop, shelf, at, point):
    item, key = shelf(stock=5), str(uuid4())
    body = json.dumps(order_of((item, 2)))

    killed = subprocess.run(
        [sys.executable, "-c", _PROCESS, point, shop.slug, key, body],
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr
    committed = point in ("commit sent", "committed")
    nobody_is_inside()
    assert len(orders_of(shop)) == committed
    assert stock_of(shop, item) == (3 if committed else 5)

    again = at(shop.slug, **{"Idempotency-Key": key}).post(
        "/api/v1/orders/", body, content_type="application/json"
    )

    assert again.status_code == 201
    assert ("Idempotent-Replayed" in again.headers) == committed
    assert [order.number for order in orders_of(shop)] == ["O-1001"]
    assert again.json()["number"] == "O-1001"
    assert stock_of(shop, item) == 3
    with scopes.tenant(shop.id):
        assert OutboxEvent.objects.filter(kind="order.created").count() == 1
        for model in (OrderLine, OrderChange, IdempotencyRecord):
            assert model.objects.count() == 1
