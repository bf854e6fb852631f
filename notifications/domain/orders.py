"""Events of orders: the staff hear of each new one, customers of their own, if they left an e-mail."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from capture.enums import OrderStatus
from capture.models import Order
from capture.queries.orders import order_by_number
from notifications.domain.letters import Letter, mailable, one_line, quoted
from notifications.domain.messages import write_message
from notifications.domain.payments import ways_to_pay
from notifications.queries.audience import staff_audience
from storefront.domain.colours import palette
from storefront.models import StorefrontSettings
from storefront.queries.settings import get_storefront
from tenants.domain.addresses import surface_address
from tenants.domain.outbox import handles
from tenants.models import OutboxEvent, Tenant

#: Characters of a note that a letter shows.
NOTE = 2000
#: Kind of letter → what its subject, heading and first paragraph say.
_WORDS = {
    "placed": (
        gettext_lazy("Your order %(number)s at %(shop)s"),
        gettext_lazy("Thank you, your order has arrived"),
        gettext_lazy("We will look at it shortly and tell you when it is confirmed."),
    ),
    "confirmed": (
        gettext_lazy("Order %(number)s is confirmed"),
        gettext_lazy("Your order is confirmed"),
        gettext_lazy("We are preparing it now."),
    ),
    "fulfilled": (
        gettext_lazy("Order %(number)s is complete"),
        gettext_lazy("Your order is complete"),
        gettext_lazy("Thank you for ordering from us. If anything is not right, just reply."),
    ),
    "cancelled": (
        gettext_lazy("Order %(number)s is cancelled"),
        gettext_lazy("Your order is cancelled"),
        gettext_lazy("Nothing more will happen with it. If you did not expect this, just reply."),
    ),
    "reopened": (
        gettext_lazy("Order %(number)s is open again"),
        gettext_lazy("Your order is open again"),
        gettext_lazy("We have taken it up again and will tell you when it is confirmed."),
    ),
}


@handles("order.created")
def tell_of_arrival(event: OutboxEvent) -> None:
    """The staff learn that there is something to do, the customer that it has arrived."""
    order = order_by_number(event.payload["number"])
    if order is None:
        return
    tenant, storefront = _surroundings()
    for user in staff_audience():
        with override(user.language):
            letter = _staff_letter(order, tenant, storefront, user.email, user.language)
            write_message(event, letter)
    _tell_customer(event, order, "placed", tenant, storefront)


@handles("order.confirmed")
@handles("order.fulfilled")
@handles("order.cancelled")
@handles("order.pending")
def tell_of_step(event: OutboxEvent) -> None:
    """The customer learns of the step; taking back "fulfilled" is the staff's own business."""
    source, target = event.payload.get("from"), event.kind.removeprefix("order.")
    order = order_by_number(event.payload["number"])
    if order is None or source == OrderStatus.FULFILLED:
        return
    words = "reopened" if target == OrderStatus.PENDING else target
    _tell_customer(event, order, words, *_surroundings())


def _surroundings() -> tuple[Tenant, StorefrontSettings]:
    # Row-level security: a tenant sees one tenant, itself.
    return Tenant.objects.get(), get_storefront()


def _tell_customer(
    event: OutboxEvent, order: Order, words: str, tenant: Tenant, storefront: StorefrontSettings
) -> None:
    recipient = mailable(order.customer_email)
    if not recipient:
        return
    with override(order.language):
        subject, heading, lead = map(str, _WORDS[words])
        shop = one_line(tenant.name, most=60)
        write_message(
            event,
            Letter(
                kind=f"order.{words}.customer",
                recipient=recipient,
                language=order.language,
                subject=subject % {"number": order.number, "shop": shop},
                template="orders/customer",
                sender=shop,
                reply_to=mailable(storefront.email),
                context={
                    **_order(order, tenant, storefront),
                    "heading": heading,
                    "lead": lead,
                    "phone": storefront.phone,
                    "ways": ways_to_pay(order, storefront),
                },
            ),
        )


def _staff_letter(
    order: Order, tenant: Tenant, storefront: StorefrontSettings, recipient: str, language: str
) -> Letter:
    customer = one_line(order.customer_name)
    shown = {"number": order.number, "customer": one_line(customer, most=60)}
    path = f"/{tenant.slug}/orders/{order.number}/"
    return Letter(
        kind="order.created.staff",
        recipient=recipient,
        language=language,
        subject=_("New order %(number)s from %(customer)s") % shown,
        template="orders/staff",
        sender=_("Souqna"),
        reply_to=mailable(order.customer_email),
        context={
            **_order(order, tenant, storefront),
            "customer": customer,
            "phone": order.customer_phone,
            "email": mailable(order.customer_email),
            "note": order.note[:NOTE],
            "quoted_note": quoted(order.note[:NOTE]),
            "order_url": surface_address("app", path),
        },
    )


def _order(order: Order, tenant: Tenant, storefront: StorefrontSettings) -> dict[str, Any]:
    """What every letter about an order shows."""
    path = f"/{order.language}/track/{order.tracking_token}/"
    lines = [
        {
            "name": one_line(line.name, most=160),
            "variant": one_line(line.variant_name, most=80),
            "quantity": line.quantity,
            "total": line.total,
        }
        for line in order.lines.all()
    ]
    return {
        "number": order.number,
        "shop": one_line(tenant.name, most=60),
        "lines": lines,
        "delivery_fee": order.delivery_fee,
        "total": order.total,
        "tracking_url": surface_address(tenant.slug, path),
        "accent": palette(storefront.accent).light,
    }
