"""The staff's pages of orders: the list, and one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from capture.domain import workflows
from capture.enums import OrderStatus
from capture.models import Order
from capture.queries.orders import (
    count_by_status,
    order_by_number,
    orders_before,
    orders_matching,
)
from dashboards.forms.orders import COUNTED, OrderListForm
from dashboards.views.pages import page, storefront_url
from dashboards.views.tabs import Choice, Tab, query, tabs
from storefront.enums import Channel
from tenants.domain.days import day_end, day_start
from tenants.requests import SurfaceRequest

#: Rows of a page.
ROWS = 25


@require_safe
def order_list(request: SurfaceRequest) -> HttpResponse:
    """Orders, newest first, by status, search and day."""
    form = OrderListForm(request.GET)
    asked = form.asked()
    found = _matching(asked)
    rows = list(_page_of(found, asked)[: ROWS + 1])
    context = {
        "form": form,
        "asked": asked,
        "is_narrowed": bool(asked["search"] or asked["day"]),
        "tabs": _tabs(count_by_status(found), asked),
        "orders": rows[:ROWS],
        "older_url": query(asked, before=rows[ROWS - 1].number) if len(rows) > ROWS else "",
        "newest_url": query(asked, before="") if asked["before"] else "",
    }
    return page(request, "dashboards/orders/list.html", context, section="orders")


@require_safe
def order(request: SurfaceRequest, number: str) -> HttpResponse:
    """One order."""
    return order_page(request, order_or_404(number))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step was not taken, which it was, and the reason as it was typed."""

    texts: Sequence[str]
    to: str
    reason: str


def order_page(
    request: SurfaceRequest,
    shown: Order,
    *,
    refusal: Refusal | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """The order's page, or the order alone where the page asks for that. `said`: what was done."""
    context = {
        "order": shown,
        "steps": _steps(shown, refusal),
        "channel": Channel(shown.visit["channel"]).label if shown.visit else "",
        "refusal": refusal,
        "said": said,
        "tracking_url": storefront_url(request, f"/{shown.language}/track/{shown.tracking_token}/"),
    }
    if is_fragment(request):
        return render(request, "dashboards/orders/_order.html", context, status=status)
    return page(request, "dashboards/orders/order.html", context, section="orders", status=status)


@dataclass(frozen=True, slots=True)
class Button:
    """A step as it is offered: at once, or after a reason has been asked for."""

    step: workflows.Step
    is_first: bool
    asks_reason: bool
    is_open: bool
    reason: str


def _steps(shown: Order, refusal: Refusal | None) -> list[Button]:
    return [
        Button(
            step=step,
            is_first=position == 0 and not step.needs_reason,
            asks_reason=step.needs_reason or step.target == OrderStatus.CANCELLED,
            is_open=refusal is not None and refusal.to == step.target,
            reason=refusal.reason if refusal and refusal.to == step.target else "",
        )
        for position, step in enumerate(workflows.ORDERS.steps_from(shown.status))
    ]


def is_fragment(request: SurfaceRequest) -> bool:
    """Whether a page asks for the order alone, to put it in place of what it shows."""
    return request.headers.get("HX-Request") == "true"


def order_or_404(number: str) -> Order:
    """The order with its lines and history. Raises Http404."""
    found = order_by_number(number)
    if found is None:
        raise Http404
    return found


def _matching(asked: dict[str, Any]) -> QuerySet[Order]:
    """The orders asked for, of every status."""
    day = asked["day"]
    return orders_matching(
        search=asked["search"],
        created_from=day_start(day) if day else None,
        created_before=day_end(day) if day else None,
    )


def _page_of(found: QuerySet[Order], asked: dict[str, Any]) -> QuerySet[Order]:
    if asked["status"] == COUNTED:
        found = found.exclude(status=OrderStatus.CANCELLED)
    elif asked["status"]:
        found = found.filter(status=asked["status"])
    return orders_before(found, asked["before"]) if asked["before"] else found


def _tabs(counts: dict[str, int], asked: dict[str, Any]) -> list[Tab]:
    everything = sum(counts.values())
    choices: list[Choice] = [("", _("All"), everything)]
    if asked["status"] == COUNTED:
        kept = everything - counts[OrderStatus.CANCELLED]
        choices.append((COUNTED, _("Not cancelled"), kept))
    choices += [(status.value, status.label, counts[status]) for status in OrderStatus]
    return tabs(choices, current=asked["status"], asked={**asked, "before": ""})
