"""The first page: what waits, what today brought, and what to do when there is nothing."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from capture.domain.orders import Actor, change_status
from capture.enums import OrderStatus
from dashboards.queries.today import orders_today
from tenants import scopes
from tests.dashboards.conftest import counted, order, put

KUWAIT = ZoneInfo("Asia/Kuwait")


def cancel(shop, placed, user):
    with scopes.tenant(shop.id):
        change_status(
            placed.number,
            to=OrderStatus.CANCELLED,
            version=1,
            actor=Actor(user.id, "Noura"),
            now=timezone.now(),
        )


def figures(page):
    return re.findall(r'figure-value">\s*<bdi>(.*?)</bdi>', page)


def test_what_waits_leads_to_its_row_the_oldest_first(desk, shop):
    item = put(shop)
    now = timezone.now()
    order(shop, item, customer_name="Second", now=now - timedelta(minutes=5))
    order(shop, item, 2, customer_name="First", now=now - timedelta(hours=3))
    cancel(shop, order(shop, item, customer_name="Gone"), desk.user)

    page = desk.see().text
    waiting = page.partition("Waiting for you")[2].partition("Latest orders")[0]

    assert re.findall(r'href="(/[^"]*/orders/O-[^"]*)"', waiting) == [
        desk.path("orders/O-1002/"),
        desk.path("orders/O-1001/"),
    ]
    assert waiting.index("First") < waiting.index("3 hours ago") < waiting.index("Second")
    assert "KWD\xa025.000" in waiting
    assert "5 minutes ago" in waiting
    assert "Gone" not in waiting


def test_the_day_is_kuwaits_and_cancelled_orders_do_not_count(desk, shop):
    item = put(shop)
    midnight = datetime(2026, 11, 24, tzinfo=KUWAIT)
    for moment in (
        midnight,
        midnight + timedelta(hours=23, minutes=59),
        midnight - timedelta(seconds=1),
        midnight - timedelta(days=1),
        midnight - timedelta(days=1, seconds=1),
        midnight + timedelta(days=1),
    ):
        order(shop, item, now=moment)
    cancel(shop, order(shop, item, now=midnight + timedelta(hours=2)), desk.user)

    with scopes.tenant(shop.id):
        told = orders_today(midnight + timedelta(hours=3))

    assert (told.count, str(told.total)) == (2, "25.000")
    assert (told.count_before, str(told.total_before)) == (2, "25.000")


def test_every_figure_leads_to_the_rows_it_counts(desk, shop):
    item = put(shop)
    order(shop, item)
    cancel(shop, order(shop, item), desk.user)
    order(shop, item, now=timezone.now() - timedelta(days=2))

    page = desk.see().text
    addresses = re.findall(r'class="figure" href="([^"]*)"', " ".join(page.split()))

    assert figures(page) == ["1", "KWD\xa012.500"]
    assert len(addresses) == 2
    for address in addresses:
        rows = desk.get(address.replace("&amp;", "&")).text
        assert rows.count("order-row") == 1
        assert "O-1001" in rows


def test_nothing_waits(desk, shop):
    cancel(shop, order(shop, put(shop)), desk.user)

    assert "Nothing: every order has been seen to." in desk.see().text


def test_a_shop_without_items_is_told_to_add_one(desk):
    page = desk.see().text

    assert "Put something on your page" in page
    assert f'href="{desk.path("items/new/")}"' in page


def test_a_shop_without_orders_is_told_to_share_its_page(desk, shop):
    put(shop)

    page = desk.see().text

    assert "No orders yet" in page
    assert f'href="http://{shop.slug}.localhost/"' in page
    assert figures(page) == ["0", "KWD\xa00.000"]


def test_who_takes_no_orders_is_spoken_to_of_what_they_take(new_tenant, staff_of):
    desk = staff_of(new_tenant(kind="charity"))

    empty = desk.see().text
    put(desk.tenant, kind="project", price=None, goal="1500.000")
    page = desk.see().text

    assert "Introduce your first project" in empty
    assert "Donations and pledges" in page
    assert figures(page) == ["1"]
    for shown in (empty, page):
        assert "Orders" not in shown
        assert "orders/" not in shown


def test_orders_from_before_stay_in_sight(new_tenant, staff_of):
    desk = staff_of(new_tenant(kind="charity"))
    order(desk.tenant, put(desk.tenant))

    page = desk.see().text

    assert desk.path("orders/") in page
    assert figures(page) == ["1", "KWD\xa012.500"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_whatever_waits(desk, shop, count):
    item = put(shop)
    for _ in range(count):
        order(shop, item)

    # Session, person, member; settings; two sums, what waits, its count, the latest; items.
    with counted(10):
        page = desk.see().text

    assert page.count("order-row") == 2 * count


def test_the_frame_leads_everywhere(desk, shop):
    page = " ".join(desk.see("items/").text.split())

    assert f'href="{desk.path("items/")}" aria-current="page"' in page
    for address in (desk.path(""), desk.path("orders/"), "/tenants/", "/language/?to=ar"):
        assert f'href="{address}' in page
    assert f'href="http://{shop.slug}.localhost/"' in page
    assert '<form method="post" action="/logout/">' in page
    assert "<bdi>Shop</bdi>" in page


@pytest.mark.parametrize("path", ["", "orders/", "orders/O-1001/", "items/", "items/oud-oil/"])
def test_another_tenants_dashboard_is_not_there(desk, tenant_b, path):
    item = put(tenant_b)
    order(tenant_b, item)

    assert desk.get(f"/{tenant_b.slug}/{path}").status_code == 404
