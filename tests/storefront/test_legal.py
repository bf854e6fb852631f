"""The legal pages' texts: the tenant's own, or ones to start from."""

import re

import pytest

from storefront.domain.legal import LEGAL_PAGES, legal_text
from storefront.models import StorefrontSettings
from tenants.models import Tenant

LANGUAGES = ("ar", "en")
KINDS = ("shop", "charity", "project")
PLACEHOLDER = re.compile(r"[{}]")


def tenant(kind="shop"):
    return Tenant(slug="oud", name_ar="بيت العود", name_en="Oud House", kind=kind)


def text(page, language="en", *, kind="shop", **fields):
    return legal_text(
        page, tenant=tenant(kind), settings=StorefrontSettings(**fields), language=language
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", LEGAL_PAGES)
def test_each_page_has_a_text_to_start_from_that_names_the_tenant(page, kind, language):
    told = text(page, language, kind=kind, phone="+96522000000", email="shop@example.com")

    assert {"ar": "بيت العود", "en": "Oud House"}[language] in told
    assert "+965 2200 0000" in told
    assert "shop@example.com" in told
    assert len(told.split("\n\n")) >= 4
    assert not PLACEHOLDER.search(told)
    assert bool(re.search("[\u0600-\u06ff]", told)) == (language == "ar")


def test_what_the_tenant_wrote_stands_instead():
    assert text("returns", returns_en="All sales are final.") == "All sales are final."
    assert "14" in text("returns", "ar", returns_en="All sales are final.")


def test_a_charity_has_no_goods_to_return():
    assert "no goods to return" in text("returns", kind="charity")
    assert "no goods to return" not in text("returns", kind="project")


def test_nobody_is_invited_to_write_where_there_is_no_way_to():
    assert "contact us:" not in text("privacy")
    assert "contact us with" not in text("returns")


def test_a_name_is_not_read_as_a_placeholder():
    odd = Tenant(slug="odd", name_ar="x", name_en="The {contact} {name}", kind="shop")
    told = legal_text(
        "privacy", tenant=odd, settings=StorefrontSettings(email="a@example.com"), language="en"
    )

    assert told.startswith("The {contact} {name} takes care")
