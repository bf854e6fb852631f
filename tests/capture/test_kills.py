"""A process killed in the middle of placing an order: sent again, the order is there once."""

import json
import os
import subprocess
import sys
from uuid import uuid4

import pytest

from capture.models import IdempotencyRecord, OrderChange, OrderLine
from tenants import scopes
from tenants.models import OutboxEvent
from tests.capture.conftest import orders_of, stock_of
from tests.capture.test_public_api import order_of

_PROCESS = """
import json, os, signal, sys
import django
django.setup()
from django.test import Client
from capture.domain import idempotency, numbering, orders
from capture.models import IdempotencyRecord, Order, OrderLine
from tenants.domain import outbox

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def then_die(function):
    def call(*args, **kwargs):
        function(*args, **kwargs)
        die()
    return call

point, slug, key, body = sys.argv[1:]
if point == "locked":
    idempotency._lock = then_die(idempotency._lock)
if point == "stock taken":
    orders.take_number = die
if point == "number taken":
    orders.take_number = then_die(orders.take_number)
if point == "order written":
    Order.save = then_die(Order.save)
if point == "event written":
    outbox.enqueue = then_die(outbox.enqueue)
if point == "answer written":
    IdempotencyRecord.save_base = then_die(IdempotencyRecord.save_base)
if point == "committed":
    outbox.nudge = die
host = f"{slug}.localhost"
client = Client(SERVER_NAME=host, HTTP_HOST=host, headers={"Idempotency-Key": key})
client.post("/api/v1/orders/", body, content_type="application/json")
print("lived")
"""
POINTS = [
    "locked",
    "stock taken",
    "number taken",
    "order written",
    "event written",
    "answer written",
    "committed",
]


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
    committed = point == "committed"
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
