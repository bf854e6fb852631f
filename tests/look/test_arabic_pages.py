"""An Arabic page is Arabic to the last word."""

import re

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import override

from tenants import scopes
from tenants.domain.problems import WORDINGS
from tenants.models import User
from tenants.views.problems import problem_response
from tests.look.pages import (
    ARGUMENTS,
    ARGUMENTS_OF,
    MISSING,
    PERSONAL,
    SEEDED,
    page_names,
    texts_of,
)

# The switch names the other language in itself; the letters of numbers of orders, donations and
# pledges are part of them; a header, a kind of id and kinds of files have no other name.
ALLOWED = {"English", "O", "D", "P", "Idempotency", "Key", "UUID"}
ALLOWED |= {"CSV", "JPEG", "PNG", "WebP", "AVIF", "HEIC"}
LATIN = re.compile(r"[A-Za-z]+")
REFERENCE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
EMAIL = re.compile(r"[\w.+-]+@[\w.-]+")
PUBLIC = [
    (label, urlconf, name)
    for urlconf, labels in (("storefront", SEEDED), ("landing", ("",)), ("app", ("app",)))
    for label in labels
    for name in page_names(settings.SURFACE_URLCONFS[urlconf])
]
DASHBOARD = [
    (slug, name)
    for slug in SEEDED
    for name in page_names(settings.DASHBOARD_URLCONF)
    if (slug, name) not in MISSING
]


def address(name, urlconf, slug=""):
    arguments = ARGUMENTS_OF.get(slug, {}).get(name) or ARGUMENTS.get(name)
    with override("ar"):
        return reverse(name, urlconf=urlconf, kwargs=arguments)


def latin_words(html):
    assert '<html lang="ar" dir="rtl">' in html
    text = EMAIL.sub("", REFERENCE.sub("", " ".join(texts_of(html))))
    return set(LATIN.findall(text)) - ALLOWED


@pytest.mark.parametrize(("label", "urlconf", "name"), PUBLIC)
def test_a_public_page_is_arabic(real_db, at, label, urlconf, name):
    path = address(name, settings.SURFACE_URLCONFS[urlconf], label)

    client = at(label, **{"accept-language": "ar"})
    if label == "app" and name in PERSONAL:
        with scopes.public():
            client.force_login(User.objects.get(email="both@souqna.example"))

    response = client.get(path)

    assert response.status_code == 200
    assert latin_words(response.text) == set()


@pytest.mark.parametrize(("slug", "name"), DASHBOARD)
def test_a_dashboard_page_is_arabic(real_db, at, slug, name):
    client = at("app", **{"accept-language": "ar"})
    with scopes.public():
        client.force_login(User.objects.get(email=f"owner@{slug}.example"))

    response = client.get(f"/{slug}{address(name, settings.DASHBOARD_URLCONF, slug)}")

    assert response.status_code == 200
    assert latin_words(response.text) == set()


def test_the_operators_log_in_page_is_arabic(real_db, at):
    response = at("admin", **{"accept-language": "ar"}).get("/login/")

    assert response.status_code == 200
    assert latin_words(response.text) == set()
    assert "سوقنا" in response.text


@pytest.mark.parametrize("code", WORDINGS)
def test_a_problem_is_arabic(code):
    request = RequestFactory().get("/ar/")

    assert latin_words(problem_response(request, status=400, code=code).text) == set()


@pytest.mark.parametrize(
    "html", ["<p>Latin</p>", '<img alt="Latin">', '<input placeholder="Latin">', "<title>Latin"]
)
def test_the_search_finds_latin_words(html):
    assert latin_words(f'<html lang="ar" dir="rtl">{html}') == {"Latin"}


@pytest.mark.parametrize(
    "html",
    ['<b translate="no">Latin<br><i>too</i></b>', '<input translate="no" placeholder="Latin">'],
)
def test_what_people_wrote_is_in_their_words(html):
    assert latin_words(f'<html lang="ar" dir="rtl">{html}<p>ثم</p>') == set()
    assert latin_words(f'<html lang="ar" dir="rtl">{html}<p>Then') == {"Then"}
