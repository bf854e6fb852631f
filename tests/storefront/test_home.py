"""The storefront's home page and its theme."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

SEEDED = [("oud-house", "The shelves"), ("ghaith", "The projects"), ("green-school", "The goal")]


@pytest.mark.parametrize(("slug", "words"), SEEDED)
def test_each_kind_of_tenant_says_what_is_coming(real_db, at, slug, words):
    response = at(slug).get("/en/")

    assert response.status_code == 200
    assert words in response.text
    assert "Opening soon" in response.text


def test_the_page_takes_one_query(real_db, at):
    client = at("oud-house")
    client.get("/ar/")

    with CaptureQueriesContext(connection) as queries:
        client.get("/ar/")

    assert len(queries) == 1


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
