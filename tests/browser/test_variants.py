"""Choosing among the kinds of an item and ordering two of them, on a phone and on a desk."""

from decimal import Decimal

import pytest

from capture.models import OrderLine
from storefront.models import CatalogItem, ItemVariant
from tenants import scopes
from tests.browser.test_ordering import PHONES
from tests.browser.test_pages import LOOKS, RIGHT, address, seen

pytestmark = pytest.mark.browser

KINDS = [
    ("ربع تولة", "A quarter tola", "3.000", 2),
    ("نصف تولة في قارورة زجاجية محفورة يدويًا", "Half a tola in a bottle engraved by hand", "9.500", None),
    ("تولة", "A tola", "18.000", 0),
    ("مئة تولة", "A hundred tolas", None, None),
]  # fmt: skip


@pytest.fixture
def shop(tenant_a):
    """A shop with an oil in four kinds: one is sold out, one on request."""
    with scopes.tenant(tenant_a.id):
        item = CatalogItem.objects.create(
            slug="oil", kind="product", name_ar="دهن عود", name_en="Oud oil", status="published",
            price=Decimal("3.000"), has_variants=True, max_quantity=5,
        )  # fmt: skip
        for position, (arabic, english, price, stock) in enumerate(KINDS):
            ItemVariant.objects.create(
                item=item, position=position, name_ar=arabic, name_en=english,
                price=price and Decimal(price), stock=stock,
            )  # fmt: skip
    return tenant_a


def walk(page, port, shop, language, look):
    """Order two kinds; `look` sees the page at each station."""
    item = address(port, shop.slug, f"/{language}/items/oil/")
    page.goto(item)
    look("item")
    page.locator("form.add .button").first.click()
    assert page.url == item  # the browser asks for a choice
    page.locator(".variant").nth(1).click()
    look("chosen")
    page.locator("form.add .button").first.click()
    page.goto(item)
    page.locator(".variant").nth(0).click()
    page.locator("form.add .button").first.click()
    look("cart")
    page.locator(".cart-sum .button").click()
    look("checkout")
    page.fill("#id_customer_name", "مريم")
    page.fill("#id_customer_phone", PHONES[language])
    page.locator(".checkout-what .button").click()
    look("thanks")


def ordered(shop):
    """The kinds that were ordered, and what is left of each."""
    with scopes.tenant(shop.id):
        names = list(OrderLine.objects.values_list("variant_en", flat=True))
        return names, list(ItemVariant.objects.values_list("stock", flat=True))


ORDERED = ([KINDS[1][1], KINDS[0][1]], [1, None, 0, None])


@pytest.mark.parametrize("language", LOOKS)
def test_every_station_fits_and_is_accessible(shop, chromium, port, language):
    def visit(visit):
        found = {}
        walk(
            visit.page, port, shop, language,
            lambda name: found.update({name: seen(visit.page, language)}),
        )  # fmt: skip
        return found, visit.complaints

    found, complaints = chromium.run(visit, locale=language)

    right = ([RIGHT[language]] * 2, ["", ""])
    assert {name: facts for name, facts in found.items() if facts != right} == {}
    assert list(found) == ["item", "chosen", "cart", "checkout", "thanks"]
    assert complaints == []
    assert ordered(shop) == ORDERED


@pytest.mark.parametrize("language", LOOKS)
def test_a_kind_is_ordered_without_script(shop, chromium, port, language):
    def visit(visit):
        walk(visit.page, port, shop, language, lambda _: None)
        return visit.page.url, visit.page.locator(".order-lines .row-detail").all_inner_texts()

    url, details = chromium.run(visit, java_script_enabled=False)

    assert f"/{language}/track/" in url
    assert KINDS[1][language == "en"] in details
    assert ordered(shop) == ORDERED


def test_price_and_maximum_follow_the_choice(shop, chromium, port):
    def visit(visit):
        page = visit.page
        page.goto(address(port, shop.slug, "/en/items/oil/"))
        shown = []
        for place in (None, 1, 0):
            if place is not None:
                page.locator(".variant").nth(place).click()
            price = page.locator(".item-facts > .price").inner_text()
            shown.append((price, page.locator("#id_quantity").get_attribute("max")))
        usable = [page.locator(".variant input").nth(n).is_enabled() for n in range(4)]
        return shown, usable

    shown, usable = chromium.run(visit)

    assert shown == [
        ("from\nKWD\xa03.000", "5"), ("KWD\xa09.500", "5"), ("KWD\xa03.000", "2"),
    ]  # fmt: skip
    assert usable == [True, True, False, False]


@pytest.mark.parametrize("language", LOOKS)
def test_a_missing_choice_is_told_and_leads_there(shop, chromium, port, language):
    def visit(visit):
        page = visit.page
        page.goto(address(port, shop.slug, f"/{language}/items/oil/"))
        page.evaluate("document.querySelector('form.add').noValidate = true")
        page.locator("form.add .button").first.click()
        page.wait_for_selector(".error-summary")
        found = seen(page, language)
        page.locator(".error-summary a").first.click()
        return found, page.evaluate("document.activeElement.id")

    assert chromium.run(visit) == (([RIGHT[language]] * 2, ["", ""]), "id_variant")
