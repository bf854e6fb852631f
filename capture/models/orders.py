"""Orders, their lines and what became of them."""

import secrets
import uuid
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from capture.enums import OrderStatus, PaymentStatus
from storefront.models.items import MOST, CatalogItem
from storefront.models.variants import ItemVariant
from tenants.db.access import APPEND
from tenants.db.models import TenantModel
from tenants.models.bilingual import spoken

TOKEN_BYTES = 16


def new_token() -> str:
    """A secret of 128 bits for an address: whoever has it sees the order."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def _amount(field: str) -> models.Q:
    return models.Q(**{f"{field}__gte": Decimal(0), f"{field}__lte": MOST})


class Order(TenantModel):
    """What a visitor asked for, at the prices of that moment. Amounts are KWD."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20)
    status = models.CharField(
        max_length=10, choices=OrderStatus.choices, default=OrderStatus.PENDING
    )
    payment_status = models.CharField(
        max_length=20, choices=PaymentStatus.choices, default=PaymentStatus.UNPAID
    )
    customer_name = models.CharField(_("name"), max_length=120)
    customer_phone = models.CharField(_("phone"), max_length=16)
    customer_email = models.EmailField(_("e-mail"), blank=True, default="")
    note = models.TextField(_("note"), blank=True, default="")
    language = models.CharField(max_length=2)
    currency = models.CharField(max_length=3, default="KWD")
    delivery_fee = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal("0.000"))
    total = models.DecimalField(max_digits=12, decimal_places=3)
    tracking_token = models.CharField(max_length=32, default=new_token)
    utm_visit_id = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(db_default=Now())
    #: There where `capture.queries.orders.with_visits` asked for it.
    visit: dict[str, str] | None

    class Meta(TenantModel.Meta):
        """Django's options."""

        db_table = "orders"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-created_at", "-id"], name="orders_newest"),
            models.Index(fields=["status", "-created_at", "-id"], name="orders_by_status"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["number"], name="orders_number"),
            models.UniqueConstraint(fields=["tracking_token"], name="orders_tracking_token"),
            models.CheckConstraint(
                condition=models.Q(status__in=OrderStatus.values), name="orders_status"
            ),
            models.CheckConstraint(
                condition=models.Q(payment_status__in=PaymentStatus.values),
                name="orders_payment_status",
            ),
            models.CheckConstraint(condition=_amount("total"), name="orders_total"),
            models.CheckConstraint(condition=_amount("delivery_fee"), name="orders_delivery_fee"),
        ]

    def __str__(self) -> str:
        return self.number

    def remember(self, lines: "list[OrderLine]") -> None:
        """Have its lines, just written, at hand as if they had been prefetched."""
        known = self.lines.all()
        known._result_cache = lines  # noqa: SLF001 (Django's own prefetching does it so)
        self._prefetched_objects_cache = {"lines": known}

    @property
    def is_pending(self) -> bool:
        """Whether the staff have yet to say yes or no."""
        return self.status == OrderStatus.PENDING

    @property
    def is_cancelled(self) -> bool:
        """Whether it will not be fulfilled."""
        return self.status == OrderStatus.CANCELLED


class OrderLine(TenantModel):
    """One item of an order, with its names and price as they were. Amounts are KWD."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The unique constraint below leads with it: an index of its own would be a second one.
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", db_index=False)
    # Emptied when the item is deleted: the line keeps what was agreed.
    item = models.ForeignKey(CatalogItem, on_delete=models.SET_NULL, null=True)
    # Few lines have one, so the index below leaves the others out.
    variant = models.ForeignKey(ItemVariant, on_delete=models.SET_NULL, null=True, db_index=False)
    position = models.PositiveSmallIntegerField()
    name_ar = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160)
    #: The variant's name at the time; empty: the item has none.
    variant_ar = models.CharField(max_length=80, blank=True, default="", db_default="")
    variant_en = models.CharField(max_length=80, blank=True, default="", db_default="")
    unit_price = models.DecimalField(max_digits=12, decimal_places=3)
    quantity = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=12, decimal_places=3)

    class Meta(TenantModel.Meta):
        """Django's options."""

        db_table = "order_lines"
        ordering: ClassVar[list[str]] = ["position"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["variant"],
                condition=models.Q(variant__isnull=False),
                name="order_lines_variant",
            )
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="order_lines_quantity"
            ),
            models.CheckConstraint(condition=_amount("unit_price"), name="order_lines_unit_price"),
            models.CheckConstraint(condition=_amount("total"), name="order_lines_total"),
            models.UniqueConstraint(fields=["order", "position"], name="order_lines_once"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name_en}"

    @property
    def name(self) -> str:
        """The item's name at the time, in the language in force."""
        return spoken(self.name_ar, self.name_en)

    @property
    def has_variant(self) -> bool:
        """Whether it is of a variant, which may be gone by now."""
        return bool(self.variant_ar or self.variant_en)

    @property
    def variant_name(self) -> str:
        """The variant's name at the time, in the language in force; empty: the item had none."""
        return spoken(self.variant_ar, self.variant_en)


class OrderChange(TenantModel):
    """One step of an order's history; append-only. `from_status` is empty for the order's arrival.

    People live in another schema, so the actor's name is kept as it was; nobody: the visitor.
    """

    privileges: ClassVar[str] = APPEND

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="history", db_index=False
    )
    from_status = models.CharField(max_length=10, blank=True, default="")
    to_status = models.CharField(max_length=10, choices=OrderStatus.choices)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=254, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        """Django's options."""

        db_table = "order_history"
        ordering: ClassVar[list[str]] = ["version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order", "version"], name="order_history_once")
        ]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
