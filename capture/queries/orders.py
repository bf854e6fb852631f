"""Reads of orders."""

import re
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from capture.enums import OrderStatus
from capture.models import Order, OrderLine
from storefront.queries.visits import visit_told
from tenants.validators.text import latin_digits

# A phone number or a part of one, or an order's number without its letter.
_DIGITS = re.compile(r"[+(]?[0-9][0-9 ()-]*\Z")
_NO_DIGIT = re.compile(r"[^0-9]")


def orders_matching(
    *,
    status: str = "",
    search: str = "",
    created_from: datetime | None = None,
    created_before: datetime | None = None,
) -> QuerySet[Order]:
    """The tenant's orders, newest first; `search` looks into number, name, phone and e-mail."""
    orders = Order.objects.order_by("-created_at", "-id")
    if status:
        orders = orders.filter(status=status)
    if search:
        orders = orders.filter(_found(search))
    if created_from:
        orders = orders.filter(created_at__gte=created_from)
    if created_before:
        orders = orders.filter(created_at__lt=created_before)
    return orders


def _found(search: str) -> Q:
    text = latin_digits(search).strip()
    found = (
        Q(number__iexact=text)
        | Q(customer_name__icontains=search)
        | Q(customer_email__icontains=search)
    )
    if not _DIGITS.match(text):
        return found
    digits = _NO_DIGIT.sub("", text)
    return found | Q(customer_phone__contains=digits) | Q(number__endswith=f"-{digits}")


def with_details(orders: QuerySet[Order]) -> QuerySet[Order]:
    """The same orders with lines and history, in two more queries however many they are."""
    return orders.prefetch_related(
        Prefetch("lines", queryset=OrderLine.objects.order_by("position")), "history"
    )


def with_visits(orders: QuerySet[Order]) -> QuerySet[Order]:
    """The same orders with `visit`, what is told of the visit they came from; no query more."""
    told = {"visit": visit_told()}  # the model declares it: the type checker sees a clash otherwise
    return orders.annotate(**told)


def order_by_number(number: str) -> Order | None:
    """The order with its lines, history and visit, or None. Three queries."""
    return with_visits(with_details(Order.objects.filter(number=number))).first()


def order_by_token(token: str) -> Order | None:
    """The order that a tracking token leads to, with its lines and history, or None."""
    return with_details(Order.objects.filter(tracking_token=token)).first()


def orders_before(orders: QuerySet[Order], number: str) -> QuerySet[Order]:
    """Those of `orders` (newest first) that come after the one with this number; none if there is no
    such order.
    """
    last = Order.objects.filter(number=number).values("created_at", "id").first()
    if last is None:
        return orders.none()
    earlier = Q(created_at__lt=last["created_at"])
    return orders.filter(earlier | Q(created_at=last["created_at"], id__lt=last["id"]))


def count_by_status(orders: QuerySet[Order] | None = None) -> dict[str, int]:
    """How many of `orders` (of all, unless given) are in each status; every status is there."""
    found = Order.objects.all() if orders is None else orders
    counts = dict(found.values_list("status").annotate(Count("id")).order_by())
    return {status: counts.get(status, 0) for status in OrderStatus.values}


def totals_between(start: datetime, end: datetime) -> tuple[int, Decimal]:
    """Orders created from `start` to before `end` that aren't cancelled: how many, and KWD."""
    sums = (
        Order.objects.filter(created_at__gte=start, created_at__lt=end)
        .exclude(status=OrderStatus.CANCELLED)
        .aggregate(count=Count("id"), total=Sum("total"))
    )
    return sums["count"], sums["total"] or Decimal("0.000")
