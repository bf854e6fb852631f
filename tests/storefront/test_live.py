"""What orders and gifts change on a kept page: read anew each time, by one query for the page."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from storefront.domain.goals import move_totals
from storefront.domain.kept import Page
from storefront.domain.live import PARTS, Marks, marked, shown
from storefront.gateways import pages as gateway
from storefront.models import CatalogItem
from storefront.queries.live import READS
from tenants import scopes
from tenants.domain.days import day_of
from tests.storefront.visiting import visitor


@pytest.fixture(autouse=True)
def pages_kept(settings, real_db):
    """Keep pages, as the shipped settings do."""
    settings.PAGES_KEPT = True
    gateway._Away.until = 0.0


@pytest.fixture
def asks(tenant_a):
    """A page, and how many statements it took."""

    def ask(path="/en/items/", **headers):
        with CaptureQueriesContext(connection) as queries:
            response = visitor(tenant_a).get(path, headers=headers)
        return response, len(queries)

    return ask


@pytest.fixture
def take(tenant_a):
    """Takes stock, as orders do: nobody is told."""

    def set_stock(item, left):
        with scopes.tenant(tenant_a.id):
            CatalogItem.objects.filter(id=item.id).update(stock=left)

    return set_stock


@pytest.mark.parametrize("items", [1, 3, 24])
def test_what_is_left_is_shown_anew_by_one_query(asks, put, take, items):
    shelf = [put(stock=40, position=place) for place in range(items)]
    asks()

    for left, words in [(3, "Only 3 left"), (0, "Sold out"), (40, None)]:
        take(shelf[-1], left)
        page, statements = asks()
        assert statements == 1
        assert page.text.count("item-card-gone") == (left == 0)
        notes = re.findall(r'class="stock[^>]*>\s*([^<]*?)\s*<', page.text)
        assert notes == ([words] if words else [])


def test_a_page_without_anything_counted_asks_nothing(asks, put):
    put(stock=None)
    put(kind="project", price=None, goal=None)
    asks()

    assert asks()[1] == 0


def test_each_language_has_its_words(asks, put, take):
    item = put(stock=40)
    asks("/ar/items/"), asks("/en/items/")
    take(item, 0)

    assert "نفدت" in asks("/ar/items/")[0].text
    assert "Sold out" in asks("/en/items/")[0].text


def test_the_entity_tag_is_of_what_is_shown(asks, put, take):
    item = put(stock=40)
    etag = asks()[0].headers["ETag"]
    assert asks(**{"if-none-match": etag})[0].status_code == 304
    take(item, 30)
    assert asks(**{"if-none-match": etag})[0].status_code == 304  # nobody is told of thirty

    take(item, 3)

    page, _ = asks(**{"if-none-match": etag})
    assert (page.status_code, page.headers["ETag"] == etag) == (200, False)
    take(item, 40)
    assert asks(**{"if-none-match": etag})[0].status_code == 304


def test_the_form_of_an_item_knows_what_is_left(asks, put, take, accept):
    accept("orders")
    item = put(slug="oud", stock=40, max_quantity=10)
    assert 'max="10"' in asks("/en/items/oud/")[0].text

    take(item, 4)
    few, statements = asks("/en/items/oud/")
    take(item, 0)
    none, _ = asks("/en/items/oud/")

    assert statements == 1
    assert 'max="4"' in few.text
    assert "Only 4 left" in few.text
    assert 'name="quantity"' not in none.text
    assert "It is sold out for now" in none.text
    take(item, 40)
    assert 'max="10"' in asks("/en/items/oud/")[0].text


def test_a_tenant_that_takes_no_orders_shows_no_form(asks, put, accept):
    accept("donations")
    put(slug="oud", stock=40)

    for _ in range(2):
        assert 'name="quantity"' not in asks("/en/items/oud/")[0].text


def test_the_featured_item_says_so_too(asks, put, take):
    item = put(stock=40, pictures=1)
    asks("/en/")
    take(item, 0)

    page, statements = asks("/en/")

    assert statements == 1
    assert "Sold out" in page.text


def test_how_far_a_goal_has_come_is_shown_anew(asks, put, tenant_a):
    item = put(slug="well", kind="project", price=None, goal=Decimal(100))
    assert "0% received" in asks("/en/items/well/")[0].text
    assert "0% received" in asks()[0].text

    with scopes.tenant(tenant_a.id):
        move_totals(item.id, received=Decimal(30), pledged=Decimal(10))

    for path in ("/en/items/well/", "/en/items/"):
        page, statements = asks(path)
        assert statements == 1
        assert "30% received" in page.text


def test_days_are_counted_down_by_the_clock(asks, put):
    today = day_of(timezone.now())
    put(kind="project", price=None, goal=Decimal(100), ends_on=today + timedelta(days=2))

    assert "2 days left" in asks()[0].text
    assert "2 days left" in asks()[0].text


def test_a_page_whose_item_is_gone_is_made_anew(asks, put, tenant_a):
    """As in the moment between a commit and the request that it overtakes."""
    put(slug="stays", stock=3)
    gone = put(slug="goes", stock=3)
    asks()
    with scopes.tenant(tenant_a.id):
        CatalogItem.objects.filter(id=gone.id).update(status="archived")

    page, _ = asks()

    assert "/items/goes/" not in page.text
    assert "/items/stays/" in page.text


# Marks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["\x02{word}0\x03", "\x02\x03", "{% live 'stock' item %}", "</html>", "\x02abc0\x03"]
)
def test_no_text_of_a_tenant_is_a_mark(put, asks, name, monkeypatch):
    """The row is written past the forms, which take no such text."""
    word = "5eed5eed5eed5eed"
    item = put(stock=3, name_en=name.replace("{word}", word[::-1]))

    for _ in range(2):
        page, _ = asks()
        assert page.text.count("Only 3 left") == 1
    assert item.name_en.partition("<")[0] in page.text.replace("&#x27;", "'")


def test_a_mark_has_a_word_of_its_own_each_time(put, tenant_a):
    item = put(stock=3)
    with scopes.tenant(tenant_a.id), marked() as first:
        one = shown("stock", item)
    with scopes.tenant(tenant_a.id), marked() as second:
        other = shown("stock", item)

    assert one != other
    assert second.split(one.encode()) == ([one.encode()], [])
    assert first.filled(f"<{one}>".encode()) == f"<{first.texts[0]}>".encode()


def test_outside_a_page_that_may_be_kept_there_are_no_marks(put):
    item = put(stock=3)

    assert "Only 3 left" in shown("stock", item)
    assert shown("gone", item) == ""


def test_what_cannot_be_kept_cannot_be_given_along(put, tenant_a):
    item = put(stock=3)
    with scopes.tenant(tenant_a.id), marked(), pytest.raises(TypeError):
        shown("offer", item, add=object())


def test_a_part_within_a_part_is_of_it(put, tenant_a):
    item = put(stock=3)
    with scopes.tenant(tenant_a.id), marked() as marks:
        shown("offer", item)

    assert [mark.part for mark in marks.marks] == ["offer"]
    assert "Only 3 left" in marks.texts[0]


def test_a_page_is_kept_as_it_was_made(put, tenant_a):
    item = put(stock=3)
    with scopes.tenant(tenant_a.id), marked() as marks:
        content = f"<p>{shown('stock', item)}é</p>{shown('gone', item)}\n".encode()
    page = Page.of(content, marks, language="en", content_type="text/html")

    again = Page.parse(page.entry())

    assert again == page
    assert again.woven(marks.texts) == marks.filled(content)
    assert again.asked() == {"figures": {str(item.id)}}
    assert again.etag(marks.texts) != again.etag(["", ""])


def test_each_part_is_read_by_something():
    assert {part.reads for part in PARTS.values()} <= set(READS)
    assert Marks().marks == []
