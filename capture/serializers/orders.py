"""Orders in JSON: as visitors send them, as visitors and staff are shown them."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from capture.domain import workflows
from capture.domain.orders import NewOrder
from capture.domain.quotes import MOST_LINES, LineRequest, Quote
from capture.enums import OrderStatus
from capture.models import Order
from storefront.domain.visits import LONGEST_TOKEN
from storefront.models.items import MOST_OF_ONE
from tenants.serializers.fields import (
    AmountField,
    DayOrTimeField,
    LineField,
    ParagraphsField,
    PhoneField,
    WholeNumberField,
)

LANGUAGES = [code for code, _name in settings.LANGUAGES]


class NewLineSerializer(serializers.Serializer[Any]):
    """One line as sent. A price, if one is sent, is not read."""

    item = serializers.UUIDField()
    variant = serializers.UUIDField(required=False, allow_null=True)
    quantity = WholeNumberField(min_value=1, max_value=MOST_OF_ONE)


class NewOrderSerializer(serializers.Serializer[Any]):
    """An order as sent. Status, prices, totals and tenant, if sent, are not read."""

    customer_name = LineField(max_length=120)
    customer_phone = PhoneField(max_length=40)
    customer_email = serializers.EmailField(
        required=False, allow_blank=True, allow_null=True, max_length=254
    )
    note = ParagraphsField(required=False, allow_blank=True, allow_null=True, max_length=2000)
    language = serializers.ChoiceField(LANGUAGES, required=False)
    visit = serializers.CharField(
        required=False, allow_null=True, allow_blank=True, max_length=LONGEST_TOKEN
    )
    expected_total = AmountField(required=False, allow_null=True)
    lines = serializers.ListField(
        child=NewLineSerializer(), allow_empty=False, max_length=MOST_LINES
    )


def new_order(data: Any, *, language: str) -> NewOrder:
    """What was sent, cleaned; `language` is that of the request, where none was sent.

    Raises DRF's ValidationError.
    """
    sent = _cleaned(data)
    return NewOrder(
        customer_name=sent["customer_name"],
        customer_phone=sent["customer_phone"],
        customer_email=sent.get("customer_email") or "",
        note=sent.get("note") or "",
        language=sent.get("language") or language,
        lines=[_line(line) for line in sent["lines"]],
        expected_total=sent.get("expected_total"),
        visit=sent.get("visit") or "",
    )


def _line(sent: dict[str, Any]) -> LineRequest:
    return LineRequest(sent["item"], sent["quantity"], sent.get("variant"))


def _cleaned(data: Any) -> dict[str, Any]:
    try:
        return dict(_new_orders().run_validation(data))
    except serializers.ValidationError:
        # For the words that DRF finds for an instance's own data.
        NewOrderSerializer(data=data).is_valid(raise_exception=True)
        raise


@lru_cache(maxsize=1)
def _new_orders() -> NewOrderSerializer:
    """One for all requests: an instance copies all of its fields. Nothing of a request is kept in it."""
    return NewOrderSerializer()


class ChosenSerializer(serializers.Serializer[Any]):
    """The variant that a line is of, under its name at the time; `id` is null if it is gone since."""

    id = serializers.UUIDField(source="variant_id", allow_null=True)
    name = serializers.CharField(source="variant_name")


class OrderLineSerializer(serializers.Serializer[Any]):
    """One line, at the price of the order's moment."""

    item = serializers.UUIDField(source="item_id", allow_null=True)
    name = serializers.CharField()
    variant = serializers.SerializerMethodField()
    unit_price = AmountField()
    quantity = serializers.IntegerField()
    total = AmountField()

    @extend_schema_field(ChosenSerializer(allow_null=True))
    def get_variant(self, line: Any) -> dict[str, Any] | None:
        """Which variant; null: the item had none."""
        return ChosenSerializer(line).data if line.has_variant else None


class OrderSerializer(serializers.Serializer[Order]):
    """An order as its customer sees it."""

    number = serializers.CharField()
    status = serializers.ChoiceField(OrderStatus.choices)
    payment_status = serializers.CharField()
    currency = serializers.CharField()
    created_at = serializers.DateTimeField()
    tracking_token = serializers.CharField()
    tracking_url = serializers.SerializerMethodField()
    lines = OrderLineSerializer(many=True)
    delivery_fee = AmountField()
    total = AmountField()

    def get_tracking_url(self, order: Order) -> str:
        """The page where the customer follows the order."""
        address: str = self.context["tracking_url"](order)
        return address


class StepSerializer(serializers.Serializer[Any]):
    """One step of the history, as the customer sees it."""

    to = serializers.CharField(source="to_status")
    at = serializers.DateTimeField(source="created_at")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` can't be an attribute's name in Python."""
        source = serializers.SerializerMethodField(method_name="get_source")
        return {"from": source, **super().get_fields()}

    def get_source(self, change: Any) -> str | None:
        """The status before; null for the order's arrival."""
        return change.from_status or None


class StaffStepSerializer(StepSerializer):
    """One step of the history, as the staff see it."""

    actor = serializers.SerializerMethodField()
    reason = serializers.CharField()

    def get_actor(self, change: Any) -> str | None:
        """Who took it; null for the visitor."""
        return change.actor_name or None


class TrackedOrderSerializer(OrderSerializer):
    """What a tracking token shows."""

    kind = serializers.SerializerMethodField()
    history = StepSerializer(many=True)

    def get_kind(self, order: Order) -> str:
        """Which of the three kinds of submission it is."""
        return "order"


class VisitToldSerializer(serializers.Serializer[Any]):
    """The visit that a submission came from; empty texts where its address was not tagged."""

    utm_source = serializers.CharField()
    utm_medium = serializers.CharField()
    utm_campaign = serializers.CharField()
    channel = serializers.CharField()


class StaffOrderSerializer(OrderSerializer):
    """An order as the staff see it."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    customer_name = serializers.CharField()
    customer_phone = serializers.CharField()
    customer_email = serializers.CharField()
    note = serializers.CharField()
    language = serializers.CharField()
    allowed_transitions = serializers.SerializerMethodField()
    history = StaffStepSerializer(many=True)
    utm_visit_id = serializers.UUIDField(allow_null=True)
    visit = VisitToldSerializer(allow_null=True)
    updated_at = serializers.DateTimeField()

    def get_allowed_transitions(self, order: Order) -> list[str]:
        """The statuses that it may take next."""
        return [str(step.target) for step in workflows.ORDERS.steps_from(order.status)]


class TransitionSerializer(serializers.Serializer[Any]):
    """A step that staff ask for, with the version that they saw."""

    to = serializers.ChoiceField(OrderStatus.choices)
    version = serializers.IntegerField(min_value=1)
    reason = ParagraphsField(required=False, allow_blank=True, allow_null=True, max_length=1000)


class OrderFilterSerializer(serializers.Serializer[Any]):
    """What the staff's list may be narrowed to; dates are the tenant's days, both included."""

    status = serializers.ChoiceField(OrderStatus.choices, required=False, allow_blank=True)
    search = LineField(required=False, allow_blank=True, max_length=100)
    created_from = DayOrTimeField(required=False)
    created_to = DayOrTimeField(required=False)


def order_document(order: Order, *, tracking_url: str) -> dict[str, Any]:
    """What OrderSerializer makes of an order just placed, in a fraction of the time."""
    return {
        "number": order.number,
        "status": order.status,
        "payment_status": order.payment_status,
        "currency": order.currency,
        "created_at": order.created_at.isoformat().replace("+00:00", "Z"),
        "tracking_token": order.tracking_token,
        "tracking_url": tracking_url,
        "lines": [
            {
                "item": str(line.item_id) if line.item_id else None,
                "name": line.name,
                "variant": _chosen(line.variant_id, line.variant_name)
                if line.has_variant
                else None,
                "unit_price": f"{line.unit_price:.3f}",
                "quantity": line.quantity,
                "total": f"{line.total:.3f}",
            }
            for line in order.lines.all()
        ],
        "delivery_fee": f"{order.delivery_fee:.3f}",
        "total": f"{order.total:.3f}",
    }


def quote_document(quote: Quote) -> dict[str, Any]:
    """The prices of now, for a 409 `price_changed`."""
    return {
        "currency": "KWD",
        "lines": [
            {
                "item": str(line.item.id),
                "name": line.item.name,
                "variant": _chosen(line.variant.id, line.variant.name) if line.variant else None,
                "unit_price": f"{line.unit_price:.3f}",
                "quantity": line.quantity,
                "total": f"{line.total:.3f}",
            }
            for line in quote.lines
        ],
        "delivery_fee": f"{quote.delivery_fee:.3f}",
        "total": f"{quote.total:.3f}",
    }


def _chosen(variant_id: UUID | None, name: str) -> dict[str, Any]:
    return {"id": str(variant_id) if variant_id else None, "name": name}


def public_context(request: HttpRequest) -> dict[str, Any]:
    """The serializers' context on a storefront: its own host is in the addresses."""
    return {
        "tracking_url": lambda order: request.build_absolute_uri(
            f"/{order.language}/track/{order.tracking_token}/"
        )
    }
