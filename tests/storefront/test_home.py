"""The storefront's home page and its theme."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

OPENINGS = [("shop", "The shelves"), ("charity", "The projects"), ("project", "The goal")]


@pytest.mark.parametrize(("kind", "words"), OPENINGS)
def test_a_tenant_without_items_says_what_is_coming(new_tenant, at, kind, words):
    response = at(new_tenant(kind=kind).slug).get("/en/")

    assert response.status_code == 200
    assert words in response.text
    assert "Opening soon" in response.text


@pytest.mark.parametrize(
    ("slug", "first", "heading"),
    [
        ("oud-house", "oud-oil", "What we offer"),
        ("ghaith", "water-well", "Projects"),
        ("green-school", "classroom-kit", "Projects"),
    ],
)
def test_each_kind_of_tenant_shows_what_it_offers(real_db, at, slug, first, heading):
    response = at(slug).get("/en/")

    assert f'href="/en/items/{first}/"' in response.text
    assert f">{heading}</h2>" in response.text
    assert "Opening soon" not in response.text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_three_queries(put, visit, rows):
    for _ in range(rows):
        put(pictures=2)
    visit.get("/ar/")

    with CaptureQueriesContext(connection) as queries:
        visit.get("/ar/")

    assert len(queries) == 3


def test_the_first_item_with_a_picture_stands_out_once(put, visit):
    put(slug="plain", position=1)
    put(slug="sold-out", position=2, pictures=1, stock=0)
    put(slug="pictured", position=3, pictures=1)

    page = visit.get("/en/").text

    assert page.index("pictured/") < page.index("plain/") < page.index("sold-out/")
    assert page.count('href="/en/items/pictured/"') == 1


def test_eight_items_beside_the_featured_one_lead_to_all_of_them(put, visit):
    for position in range(12):
        put(slug=f"item-{position:02}", position=position, pictures=1)

    page = visit.get("/en/").text

    assert page.count('class="item-card"') == 8
    assert 'href="/en/items/item-08/"' in page
    assert 'href="/en/items/item-09/"' not in page
    assert 'href="/en/items/"' in page


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_what_is_not_published_is_not_shown(put, visit, status):
    put(slug="unseen", status=status)

    assert "unseen" not in visit.get("/en/").text


def test_only_who_takes_orders_has_a_cart(put, visit, accept):
    put()
    assert 'href="/en/cart/"' in visit.get("/en/").text

    accept("donations")

    page = visit.get("/en/").text
    assert 'href="/en/cart/"' not in page
    assert "All projects" in page


@pytest.mark.parametrize(
    ("language", "direction", "name"), [("ar", "rtl", "بيت العود"), ("en", "ltr", "Oud House")]
)
def test_the_page_is_in_its_language(real_db, at, language, direction, name):
    response = at("oud-house").get(f"/{language}/")

    assert f'<html lang="{language}" dir="{direction}">' in response.text
    assert name in response.text
    assert response.headers["Content-Language"] == language
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")


def test_a_new_tenant_has_a_page_at_once(new_tenant, at):
    response = at(new_tenant().slug).get("/ar/")

    assert response.status_code == 200
    assert "متجر" in response.text


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_page_can_only_be_read(real_db, at, method):
    assert getattr(at("oud-house"), method)("/en/").status_code == 405


def test_the_theme_is_kept_by_browsers(real_db, at):
    page = at("oud-house").get("/en/")
    address = page.text.partition('href="/en/theme/')[2].partition('"')[0]

    response = at("oud-house").get(f"/en/theme/{address}")

    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response.headers["Cache-Control"]
    assert response.text.startswith("@layer tokens{:root{--accent:light-dark(#")
    assert "Set-Cookie" not in response.headers
    assert "Vary" not in response.headers


@pytest.mark.parametrize("name", ["red.css", "12345.css", "1a7f5a.js", "1A7F5A.css", "1a7f5a}.css"])
def test_a_theme_is_a_colour_and_nothing_else(real_db, at, name):
    assert at("oud-house").get(f"/en/theme/1/{name}").status_code == 404
