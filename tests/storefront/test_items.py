"""The list of items and each item's page."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from storefront.models import CatalogItem
from tenants import scopes


def shown(page):
    """The slugs that a page of the list links to, in order."""
    links = page.text.split('class="item-card-name"')[1:]
    return [link.partition("/items/")[2].partition("/")[0] for link in links]


# The list -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("asked", "taken"),
    [("kind=product&sort=price", 5), ("kind=product&search=oud", 4), ("search=oud", 3)],
)
def test_the_list_takes_so_many_queries(put, visit, settings, rows, asked, taken):
    settings.PAGES_KEPT = False
    for _ in range(rows):
        put(pictures=2)
    visit.get("/en/items/")

    with CaptureQueriesContext(connection) as queries:
        visit.get(f"/en/items/?{asked}")

    assert len(queries) == taken


def test_a_search_that_finds_more_than_a_page_is_counted(put, visit):
    for number in range(25):
        put(kind="service" if number == 24 else "product", position=number)

    page = visit.get("/en/items/?search=oud")

    assert len(shown(page)) == 24
    assert "25 results" in page.text
    assert 'href="?page=2&amp;search=oud"' in page.text


@pytest.mark.parametrize("rows", [1, 3])
def test_an_items_page_takes_three_queries(put, visit, rows):
    put(slug="oud", pictures=rows)
    visit.get("/en/items/oud/")

    with CaptureQueriesContext(connection) as queries:
        visit.get("/en/items/oud/")

    assert len(queries) == 3


def test_the_list_keeps_the_tenants_order(put, visit):
    for slug, position in (("third", 3), ("first", 1), ("second", 2)):
        put(slug=slug, position=position)

    assert shown(visit.get("/en/items/")) == ["first", "second", "third"]


def test_twenty_four_are_on_a_page(put, visit):
    for position in range(25):
        put(slug=f"item-{position:02}", position=position)

    first, second = visit.get("/en/items/"), visit.get("/en/items/?page=2")

    assert (len(shown(first)), shown(second)) == (24, ["item-24"])
    assert 'href="?page=2"' in first.text
    assert 'href="?page=1"' in second.text
    assert "Page 2 of 2" in second.text


@pytest.mark.parametrize("page", ["0", "-1", "9999", "99999999999", "x", "٢", "1.5", ""])
def test_an_absurd_page_is_a_page_there_is(put, visit, page):
    put(slug="only")

    assert shown(visit.get("/en/items/", {"page": page})) == ["only"]


def test_the_list_is_narrowed_by_kind(put, visit):
    put(slug="thing")
    put(slug="help", kind="service")
    put(slug="well", kind="project", price=None, goal=Decimal(900))

    page = visit.get("/en/items/?kind=service")

    assert shown(page) == ["help"]
    assert ">All</bdi> <bdi>3</bdi>" in page.text
    assert ">Projects</bdi> <bdi>1</bdi>" in page.text


def test_only_kinds_that_there_are_can_be_chosen(put, visit):
    put()
    put(status="draft", kind="service")

    assert "?kind=" not in visit.get("/en/items/").text


@pytest.mark.parametrize("search", ["oil", "OIL oud", "  دهن ", "i-o"])
def test_the_list_is_searched_in_both_languages(put, visit, search):
    put(slug="i-o")
    put(slug="other", name_ar="مسك", name_en="Musk")

    assert shown(visit.get("/en/items/", {"search": search})) == ["i-o"]


def test_a_search_without_an_answer_says_so(put, visit):
    put()

    page = visit.get("/en/items/?search=zzz")

    assert page.status_code == 200
    assert "Nothing found" in page.text
    assert 'value="zzz"' in page.text


@pytest.mark.parametrize(
    "search", ['"><script>alert(1)</script>', "\x00", "%", "\\", "' OR 1=1", "x" * 5000, "\ud800"]
)
def test_a_search_is_text_and_nothing_else(put, visit, search):
    put()

    page = visit.get("/en/items/", {"search": search.encode("utf-8", "surrogatepass")})

    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_an_unknown_kind_narrows_nothing(put, visit):
    put(slug="only")

    assert shown(visit.get("/en/items/?kind=everything")) == ["only"]


def test_no_items_at_all_is_said(visit):
    assert "Nothing here yet" in visit.get("/en/items/").text


# An item ------------------------------------------------------------------------------------------


def test_an_item_is_shown_with_all_there_is(put, visit):
    put(slug="oud", pictures=3, description_en="Aged.\n\nWoody <b>and</b> warm.", max_quantity=4)

    page = visit.get("/en/items/oud/").text

    assert "KWD\xa012.500" in page
    assert "<p>Aged.</p>" in page
    assert "Woody &lt;b&gt;and&lt;/b&gt; warm." in page
    assert page.count("<img") == page.count('alt="A bottle"') == 3
    assert 'width="1280"' in page
    assert 'height="960"' in page
    assert "oud-0-320.webp 320w" in page
    assert page.count('loading="lazy"') == 2
    assert "At most 4 in one order." in page
    assert "Add to cart" in page


def test_a_shared_link_shows_name_and_picture(put, visit, tenant_a):
    put(slug="oud", pictures=2, name_en='Oud "oil"')
    put(slug="plain")

    page = visit.get("/en/items/oud/").text

    assert '<meta property="og:title" content="Oud &quot;oil&quot;">' in page
    picture = f"http://{tenant_a.slug}.localhost/media/{tenant_a.id}/items/oud-0-640.webp"
    assert f'<meta property="og:image" content="{picture}">' in page
    assert "og:image" not in visit.get("/en/items/plain/").text


def test_an_item_speaks_the_pages_language(put, visit):
    put(slug="oud", description_ar="معتق", description_en="Aged", pictures=1)

    page = visit.get("/ar/items/oud/").text

    assert "دهن عود" in page
    assert "معتق" in page
    assert 'alt="قارورة"' in page
    assert "Aged" not in page


@pytest.mark.parametrize(
    ("stock", "words", "orderable"),
    [
        (0, "Sold out", False),
        (1, "Only 1 left", True),
        (5, "Only 5 left", True),
        (6, "", True),
        (None, "", True),
    ],
)
def test_the_stock_is_said_when_it_matters(put, visit, stock, words, orderable):
    put(slug="oud", stock=stock)

    for path in ("/en/items/oud/", "/en/items/"):
        page = visit.get(path).text
        assert words in page
        assert ("left" in page or "Sold out" in page) is bool(words)
    assert ("Add to cart" in visit.get("/en/items/oud/").text) is orderable


def test_a_price_on_request_can_not_be_ordered(put, visit):
    put(slug="blend", price=None)

    page = visit.get("/en/items/blend/").text

    assert "Price on request" in page
    assert "Add to cart" not in page


def test_a_project_shows_its_goal_and_no_dead_button(put, visit):
    put(slug="well", kind="project", price=None, goal=Decimal("1500.000"))

    page = visit.get("/en/items/well/").text

    assert "KWD\xa01,500.000" in page
    assert "Giving opens soon" in page
    assert "<button" not in page


def test_who_takes_no_orders_offers_none(put, visit, accept):
    put(slug="oud")
    accept("donations")

    assert "Add to cart" not in visit.get("/en/items/oud/").text


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_what_is_not_published_is_not_found(put, visit, status):
    put(slug="oud", status=status)

    response = visit.get("/en/items/oud/")

    assert response.status_code == 404
    assert "Page not found" in response.text


@pytest.mark.parametrize(
    "path",
    ["/en/items/nothing/", "/en/items/%00/", "/en/items/a%27b/", "/en/items/" + "x" * 3000 + "/"],
)
def test_what_there_is_not_is_not_found(put, visit, path):
    assert visit.get(path).status_code == 404


def test_another_tenants_item_is_not_found(put, visit, tenant_b):
    put(slug="theirs", tenant=tenant_b)

    assert visit.get("/en/items/theirs/").status_code == 404
    assert shown(visit.get("/en/items/")) == []


@pytest.mark.parametrize("path", ["/en/", "/en/items/", "/en/items/oud/"])
def test_pages_to_look_at_set_no_cookie_and_read_none(put, visit, path):
    put(slug="oud")
    visit.cookies["cart"] = "anything"

    response = visit.get(path)

    assert "Set-Cookie" not in response.headers
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("path", ["/en/items/", "/en/items/oud/"])
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_pages_to_look_at_can_only_be_read(put, visit, path, method):
    put(slug="oud")

    assert getattr(visit, method)(path).status_code == 405


def test_looking_changes_nothing(put, visit, tenant_a):
    item = put(slug="oud", stock=3)
    for path in ("/en/", "/en/items/", "/en/items/oud/"):
        visit.get(path)

    with scopes.tenant(tenant_a.id):
        assert CatalogItem.objects.get(id=item.id).stock == 3
