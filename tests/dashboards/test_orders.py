"""The list of orders, and one order."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from capture.domain.orders import Actor, change_status
from capture.domain.quotes import LineRequest
from dashboards.views.orders import ROWS
from storefront.models import ItemVariant
from tenants import scopes
from tests.dashboards.conftest import counted, order, put
from tests.storefront.visiting import announced


def numbers(response):
    return re.findall(r'order-row"\s+href="/[^"]*/orders/([^"/]*)/"', response.text)


def tab_counts(response):
    return re.findall(r'class="tab-count">(\d+)<', response.text)


@pytest.fixture
def four(desk, shop):
    """Orders of all statuses: pending (newest), confirmed, cancelled, fulfilled (oldest)."""
    item = put(shop)
    now = timezone.now()
    ways = [["confirmed", "fulfilled"], ["cancelled"], ["confirmed"], []]
    people = [
        {"customer_name": "Sara", "customer_phone": "+96599000001"},
        {"customer_name": "سارة العلي", "customer_email": "sara@mail.example"},
        {"customer_name": "100% Oud_Lover"},
        {"customer_name": "Maryam"},
    ]
    for age, (way, person) in enumerate(zip(ways, people, strict=True)):
        placed = order(shop, item, now=now - timedelta(days=4 - age), **person)
        for version, status in enumerate(way, 1):
            with scopes.tenant(shop.id):
                change_status(
                    placed.number,
                    to=status,
                    version=version,
                    actor=Actor(desk.user.id, "Noura"),
                    now=now,
                )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["O-1004", "O-1003", "O-1002", "O-1001"]),
        ({"status": "pending"}, ["O-1004"]),
        ({"status": "fulfilled"}, ["O-1001"]),
        ({"status": "counted"}, ["O-1004", "O-1003", "O-1001"]),
        ({"search": "sara"}, ["O-1002", "O-1001"]),
        ({"search": "سارة"}, ["O-1002"]),
        ({"search": "o-1003"}, ["O-1003"]),
        ({"search": "1003"}, ["O-1003"]),
        ({"search": "٩٩٠٠٠٠٠١"}, ["O-1001"]),
        ({"search": "+965 9900 0001"}, ["O-1001"]),
        ({"search": "%"}, ["O-1003"]),
        ({"search": "_"}, ["O-1003"]),
        ({"search": "Sara", "status": "cancelled"}, ["O-1002"]),
        ({"search": "nobody"}, []),
        ({"before": "O-1003"}, ["O-1002", "O-1001"]),
        ({"before": "O-9999"}, []),
        # What makes no sense is left out.
        ({"status": "no-such"}, ["O-1004", "O-1003", "O-1002", "O-1001"]),
        ({"search": "\x00"}, ["O-1004", "O-1003", "O-1002", "O-1001"]),
        ({"day": "yesterday"}, ["O-1004", "O-1003", "O-1002", "O-1001"]),
        ({"day": "0001-01-01"}, ["O-1004", "O-1003", "O-1002", "O-1001"]),
        ({"day": "9999-12-31"}, ["O-1004", "O-1003", "O-1002", "O-1001"]),
        ({"day": "2020-01-01"}, []),
        ({"before": "x" * 900}, ["O-1004", "O-1003", "O-1002", "O-1001"]),
    ],
)
def test_the_list_is_narrowed(desk, four, query, expected):
    response = desk.see("orders/", **query)

    assert response.status_code == 200
    assert numbers(response) == expected


def test_tabs_count_what_is_behind_them(desk, four):
    assert tab_counts(desk.see("orders/")) == ["4", "1", "1", "1", "1"]
    assert tab_counts(desk.see("orders/", search="sara")) == ["2", "0", "0", "1", "1"]
    assert tab_counts(desk.see("orders/", status="counted")) == ["4", "3", "1", "1", "1", "1"]


def test_a_tab_keeps_the_search(desk, four):
    page = desk.see("orders/", search="a&b", status="pending").text

    assert 'href="?status=confirmed&amp;search=a%26b"' in page


def test_the_search_is_shown_and_not_run(desk, four):
    page = desk.see("orders/", search='"><script>alert(1)</script>').text

    assert "<script>alert" not in page


def test_older_orders_are_a_page_away(desk, shop):
    item = put(shop)
    now = timezone.now()
    # All at one moment: the order among them must hold all the same.
    for _ in range(ROWS + 2):
        order(shop, item, now=now)

    first = desk.see("orders/")
    older = re.search(r'href="(\?before=[^"]*)"', first.text)[1]
    second = desk.get(desk.path("orders/") + older)

    assert len(numbers(first)) == ROWS
    assert len(numbers(second)) == 2
    assert len({*numbers(first), *numbers(second)}) == ROWS + 2
    assert "?before=" not in second.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_whatever_its_length(desk, shop, count):
    item = put(shop)
    for _ in range(count):
        order(shop, item)

    with counted(6):  # session, person, member; rows, counts; settings
        response = desk.see("orders/")

    assert len(numbers(response)) == count


def test_an_empty_list_says_what_to_do(desk, shop):
    assert "Share your page’s address" in desk.see("orders/").text
    order(shop, put(shop))
    assert "Try another status" in desk.see("orders/", search="nobody").text


def test_one_order_shows_all_there_is(desk, shop):
    item = put(shop)
    order(
        shop,
        item,
        3,
        customer_email="maryam@mail.example",
        note="<b>Two</b>\nlines",
    )

    page = desk.see("orders/O-1001/").text

    for part in (
        'href="tel:+96550001234"',
        'href="https://wa.me/96550001234"',
        'href="mailto:maryam@mail.example"',
        "+965 500 01234",
        "KWD\xa037.500",
        "Oud oil",
        "&lt;b&gt;Two&lt;/b&gt;<br>lines",
        "Order received",
        "Confirm",
        "Cancel the order",
        f"http://{shop.slug}.localhost/ar/track/",
    ):
        assert part in page
    assert "<b>Two" not in page


def test_an_order_shows_where_it_came_from(desk, shop):
    item = put(shop)
    order(shop, item, visit=announced(shop, "utm_source=snapchat&utm_medium=paid&utm_campaign=عيد"))
    order(shop, item, visit=announced(shop, "utm_campaign=%3Cb%3E"))
    order(shop, item)

    tagged, odd, without = (desk.see(f"orders/O-100{number}/").text for number in (1, 2, 3))

    assert "Where it came from" in tagged
    assert "Paid social" in tagged
    assert "snapchat" in tagged
    assert "عيد" in tagged
    assert "&lt;b&gt;" in odd
    assert "Where it came from" not in without


def test_an_order_says_where_it_came_from_in_arabic(staff_of, shop):
    order(shop, put(shop), visit=announced(shop, "utm_source=newsletter&utm_medium=email"))

    page = staff_of(shop, language="ar").see("orders/O-1001/").text

    assert "من أين جاء الطلب" in page
    assert "حملات البريد الإلكتروني" in page


def test_an_order_shows_the_variant(desk, shop):
    item = put(shop, has_variants=True)
    with scopes.tenant(shop.id):
        variant = ItemVariant.objects.create(
            item=item, position=0, name_ar="ربع تولة", name_en="A quarter", price="3.000", stock=5
        )
    order(shop, item, lines=[LineRequest(item.id, 1, variant.id)])

    assert "A quarter" in desk.see("orders/O-1001/").text
    with scopes.tenant(shop.id):
        variant.delete()
    assert "A quarter" in desk.see("orders/O-1001/").text


def test_a_line_outlives_its_item(desk, shop):
    item = put(shop)
    order(shop, item)
    with scopes.tenant(shop.id):
        item.delete()

    assert "Oud oil" in desk.see("orders/O-1001/").text


@pytest.mark.parametrize("count", [1, 3])
def test_an_order_takes_as_many_queries_whatever_its_length(desk, shop, count):
    items = [put(shop, f"item-{number}") for number in range(count)]
    order(shop, items[0], lines=[LineRequest(item.id, 1) for item in items])

    with counted(7):  # session, person, member; order, lines, history; settings
        page = desk.see("orders/O-1001/").text

    assert page.count("<tr>") == count + 2


@pytest.mark.parametrize("number", ["O-9999", "o-1001", "x", "%00", "O-1001%00"])
def test_an_unknown_number_is_not_found(desk, shop, number):
    order(shop, put(shop))

    assert desk.see(f"orders/{number}/").status_code == 404


def test_a_stranger_logs_in_first(at, shop):
    response = at("app").get(f"/{shop.slug}/orders/O-1001/")

    assert response.headers["Location"] == f"/login/?next=/{shop.slug}/orders/O-1001/"


def test_an_orders_page_is_arabic(staff_of, shop):
    order(shop, put(shop), customer_name="مريم")
    desk = staff_of(shop, language="ar")

    page = desk.see("orders/O-1001/").text

    assert '<html lang="ar" dir="rtl">' in page
    for words in ("دهن عود", "تأكيد", "إلغاء الطلب", "قيد الانتظار", "د.ك"):
        assert words in page
