"""How far an order has come, as its customer sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from capture.enums import OrderStatus
from capture.models import Order

_WAY: tuple[tuple[str, str | Promise], ...] = (
    (OrderStatus.PENDING, _("Placed")),
    (OrderStatus.CONFIRMED, _("Confirmed")),
    (OrderStatus.FULFILLED, _("Fulfilled")),
)
_CUT_SHORT: tuple[tuple[str, str | Promise], ...] = (
    (OrderStatus.PENDING, _("Placed")),
    (OrderStatus.CANCELLED, _("Cancelled")),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One station of an order's way; `reached_at` is None while it lies ahead."""

    label: str | Promise
    reached_at: datetime | None
    is_current: bool


def stages_of(order: Order) -> Sequence[Stage]:
    """The stations of an order's way. Reads its history, which should be prefetched."""
    way = _CUT_SHORT if order.is_cancelled else _WAY
    last = [status for status, _label in way].index(order.status)
    reached = {change.to_status: change.created_at for change in order.history.all()}
    return [
        Stage(
            label=label,
            reached_at=reached.get(status, order.created_at) if position <= last else None,
            is_current=position == last,
        )
        for position, (status, label) in enumerate(way)
    ]
