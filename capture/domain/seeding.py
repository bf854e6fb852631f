"""The demo's order history: placed and moved along like any order, only long ago."""

from datetime import datetime, timedelta

from django.db import transaction

from capture.domain.orders import Actor, NewOrder, change_status, place_order
from capture.domain.quotes import LineRequest
from capture.domain.seeds import HISTORIES, SeedOrder
from capture.models import Order
from storefront.domain.visits import uncounted
from storefront.models import CatalogItem
from storefront.requests import PageView
from tenants.domain import outbox
from tenants.domain.days import day_of, day_start

_BEFORE = timedelta(minutes=6)
_PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.6 Mobile/15E148 Safari/604.1"
)


def seed_orders(slug: str, *, actor: Actor, now: datetime) -> bool:
    """Write the history of the demo's tenant `slug`, in its scope; `actor` took the steps.

    Nobody is told, and the shelves are as full as before. False, and nothing is touched, where there is
    an order already.
    """
    with transaction.atomic():
        if Order.objects.exists():
            return False
        stocks = dict(CatalogItem.objects.select_for_update().values_list("slug", "stock"))
        history = [(_placed_at(order, now), order) for order in HISTORIES.get(slug, ())]
        with outbox.past():
            for moment, order in sorted(history, key=lambda entry: entry[0]):
                _seed_order(order, moment, actor=actor, now=now)
        for item, stock in stocks.items():
            CatalogItem.objects.filter(slug=item).update(stock=stock)
    return bool(history)


def _visit(seed: SeedOrder, moment: datetime) -> str:
    """The visit of an order: it began with the home page, a few minutes before."""
    view = PageView(
        path=f"/{seed.language}/",
        query=seed.link,
        referrer=seed.referrer,
        host="",
        language=seed.language,
        address="",
        user_agent=_PHONE,
    )
    return uncounted(view, now=moment - _BEFORE)


def _placed_at(order: SeedOrder, now: datetime) -> datetime:
    hours, minutes = map(int, order.clock.split(":"))
    if not order.days:
        return now - timedelta(hours=hours, minutes=minutes)
    day = day_of(now) - timedelta(days=order.days)
    return day_start(day) + timedelta(hours=hours, minutes=minutes)


def _seed_order(seed: SeedOrder, moment: datetime, *, actor: Actor, now: datetime) -> None:
    ids = dict(CatalogItem.objects.values_list("slug", "id"))
    order = place_order(
        NewOrder(
            customer_name=seed.name,
            customer_phone=seed.phone,
            customer_email=seed.email,
            language=seed.language,
            note=seed.note,
            lines=[LineRequest(ids[slug], quantity) for slug, quantity in seed.lines],
            visit=_visit(seed, moment),
        ),
        is_open=True,
        now=moment,
    )
    for version, step in enumerate(seed.steps, start=1):
        change_status(
            order.number,
            to=step.to,
            version=version,
            actor=actor,
            now=min(moment + timedelta(minutes=step.minutes), now),
            reason=step.reason,
        )
