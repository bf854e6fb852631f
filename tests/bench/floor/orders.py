"""The tables of ordering, as plain models: fields, keys, checks and indexes are those of ours."""

import secrets
import uuid
from decimal import Decimal
from functools import partial

from django.db import models
from django.db.models.functions import Now

from tests.bench.floor.models import CatalogItem, ItemVariant, between

_STATUSES = ("pending", "confirmed", "fulfilled", "cancelled")
_PAYMENTS = ("unpaid", "paid", "partially_refunded", "refunded")
_Amount = partial(models.DecimalField, max_digits=12, decimal_places=3)


def _token() -> str:
    return secrets.token_urlsafe(16)


class CustomerOrder(models.Model):
    """`capture.models.Order`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20)
    status = models.CharField(max_length=10, default="pending")
    payment_status = models.CharField(max_length=20, default="unpaid")
    customer_name = models.CharField(max_length=120)
    customer_phone = models.CharField(max_length=16)
    customer_email = models.EmailField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    language = models.CharField(max_length=2)
    currency = models.CharField(max_length=3, default="KWD")
    delivery_fee = _Amount(default=Decimal("0.000"))
    total = _Amount()
    tracking_token = models.CharField(max_length=32, default=_token)
    utm_visit_id = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "orders"
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="orders_newest"),
            models.Index(fields=["status", "-created_at", "-id"], name="orders_by_status"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="orders_number"),
            models.UniqueConstraint(fields=["tracking_token"], name="orders_tracking_token"),
            models.CheckConstraint(condition=models.Q(status__in=_STATUSES), name="orders_status"),
            models.CheckConstraint(
                condition=models.Q(payment_status__in=_PAYMENTS), name="orders_payment_status"
            ),
            models.CheckConstraint(condition=between("total"), name="orders_total"),
            models.CheckConstraint(condition=between("delivery_fee"), name="orders_delivery_fee"),
        ]


class OrderLine(models.Model):
    """`capture.models.OrderLine`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(
        CustomerOrder, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    item = models.ForeignKey(CatalogItem, on_delete=models.SET_NULL, null=True)
    variant = models.ForeignKey(ItemVariant, on_delete=models.SET_NULL, null=True, db_index=False)
    position = models.PositiveSmallIntegerField()
    name_ar = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160)
    variant_ar = models.CharField(max_length=80, blank=True, default="", db_default="")
    variant_en = models.CharField(max_length=80, blank=True, default="", db_default="")
    unit_price = _Amount()
    quantity = models.PositiveIntegerField()
    total = _Amount()

    class Meta:
        db_table = "order_lines"
        ordering = ["position"]
        indexes = [
            models.Index(
                fields=["variant"],
                condition=models.Q(variant__isnull=False),
                name="order_lines_variant",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="order_lines_quantity"
            ),
            models.CheckConstraint(condition=between("unit_price"), name="order_lines_unit_price"),
            models.CheckConstraint(condition=between("total"), name="order_lines_total"),
            models.UniqueConstraint(fields=["order", "position"], name="order_lines_once"),
        ]


class OrderChange(models.Model):
    """`capture.models.OrderChange`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(
        CustomerOrder, on_delete=models.CASCADE, related_name="history", db_index=False
    )
    from_status = models.CharField(max_length=10, blank=True, default="")
    to_status = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=254, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "order_history"
        constraints = [
            models.UniqueConstraint(fields=["order", "version"], name="order_history_once")
        ]


class NumberCounter(models.Model):
    """`capture.models.NumberCounter`."""

    kind = models.CharField(primary_key=True, max_length=20)
    value = models.PositiveBigIntegerField()

    class Meta:
        db_table = "number_counters"


class IdempotencyRecord(models.Model):
    """`capture.models.IdempotencyRecord`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.CharField(max_length=40)
    key = models.UUIDField()
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    location = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "idempotency_records"
        indexes = [models.Index(fields=["created_at"], name="idempotency_records_age")]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "key"], name="idempotency_records_once")
        ]


class OutboxEvent(models.Model):
    """`tenants.models.OutboxEvent`."""

    tenant_id = models.UUIDField()
    available_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")
    dead_at = models.DateTimeField(null=True)
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outbox"
        indexes = [
            models.Index(fields=["tenant_id", "-created_at"], name="outbox_tenant"),
            models.Index(
                fields=["available_at"],
                condition=models.Q(delivered_at=None, dead_at=None),
                name="outbox_waiting",
            ),
        ]


#: In the order in which they can be made.
TABLES = (CustomerOrder, OrderLine, OrderChange, NumberCounter, IdempotencyRecord, OutboxEvent)
