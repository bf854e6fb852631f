"""What a tenant's first page tells."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from capture.enums import OrderStatus
from capture.models import Order
from capture.queries.orders import count_by_status, orders_matching, totals_between
from tenants.domain.days import day_end, day_of, day_start

#: Rows of a list on the first page.
FEW = 5


@dataclass(frozen=True, slots=True)
class OrdersToday:
    """Today's orders beside yesterday's. Totals are KWD, and leave cancelled orders out."""

    day: date
    count: int
    total: Decimal
    count_before: int
    total_before: Decimal
    waiting: list[Order]
    waiting_count: int
    recent: list[Order]


def orders_today(now: datetime) -> OrdersToday:
    """The day of `now` in Kuwait, what waits (oldest first) and what came last. Five queries."""
    day = day_of(now)
    yesterday = day - timedelta(days=1)
    count, total = totals_between(day_start(day), day_end(day))
    count_before, total_before = totals_between(day_start(yesterday), day_end(yesterday))
    waiting = orders_matching(status=OrderStatus.PENDING).order_by("created_at", "id")
    return OrdersToday(
        day=day,
        count=count,
        total=total,
        count_before=count_before,
        total_before=total_before,
        waiting=list(waiting[:FEW]),
        waiting_count=count_by_status()[OrderStatus.PENDING],
        recent=list(orders_matching()[:FEW]),
    )
