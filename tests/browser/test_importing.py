"""A table of items in a browser: chosen with its pictures, looked at, imported."""

import pytest

from storefront.models import CatalogItem
from tenants import scopes
from tests.browser.test_pages import LOOKS, RIGHT, address, seen
from tests.browser.test_pictures import RED, shop

__all__ = ["shop"]

pytestmark = pytest.mark.browser

TABLE = """slug,kind,name_ar,name_en,price,stock,description_en,pictures,variant_ar,variant_en
oil,product,دهن عود,Oil of oud,6,4,Aged for nine years,one.jpg,,
box,product,علبة مسك,Musk box,,,,,,
box,,,,5,3,,,صغير,Small
"""
WRONG = TABLE + "long,food,س,{},1.2345,x,,none.jpg,,\n".format("x" * 150)
DESKTOP = {"width": 1280, "height": 900}
PICTURES = [
    {"name": name, "mimeType": "image/jpeg", "buffer": RED} for name in ("one.jpg", "two.jpg")
]


def choose(page, text):
    file = {"name": "items.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.set_input_files("[name=file]", file)
    page.set_input_files("[name=pictures]", PICTURES)
    page.locator(".form-end button").click()
    page.wait_for_selector(".import-counts")


@pytest.mark.parametrize("language", LOOKS)
@pytest.mark.parametrize("text", ["", TABLE, WRONG], ids=["form", "look", "wrong"])
def test_the_pages_fit_and_are_accessible(shop, chromium, port, language, text):
    tenant, cookie = shop

    def look(visit):
        visit.page.goto(address(port, "app", f"/{tenant.slug}/items/import/"))
        if text:
            choose(visit.page, text)
        return seen(visit.page, language)

    found = chromium.run(look, locale=language, cookies=[cookie])

    assert found == ([RIGHT[language]] * 2, ["", ""])


@pytest.mark.parametrize(
    ("language", "viewport", "script"),
    [("en", DESKTOP, True), ("ar", None, True), ("ar", None, False)],
)
def test_a_table_is_imported(shop, chromium, port, language, viewport, script):
    tenant, cookie = shop

    def look(visit):
        page = visit.page
        if viewport:
            page.set_viewport_size(viewport)
        page.goto(address(port, "app", f"/{tenant.slug}/items/"))
        page.locator(".list-files a").first.click()
        choose(page, WRONG)
        refused = page.locator(".import-fault").count(), page.locator("[name=seen]").count()
        page.locator(".back-to").click()
        choose(page, TABLE)
        page.locator(".form-end button").click()
        page.wait_for_selector(".notice-positive")
        return refused, visit.complaints

    found = chromium.run(look, locale=language, cookies=[cookie], java_script_enabled=script)

    assert found == ((4, 0), [])
    with scopes.tenant(tenant.id):
        items = {item.slug: item for item in CatalogItem.objects.prefetch_related("media")}
        assert (items["oil"].stock, len(items["oil"].pictures)) == (4, 1)
        assert [variant.name_en for variant in items["box"].variants.all()] == ["Small"]
