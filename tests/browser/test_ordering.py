"""The way from the home page to an order, as people walk it on a phone and on a desk."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from storefront.models import CatalogItem, MediaAsset, StorefrontSettings
from tenants import scopes
from tests.browser.test_pages import LOOKS, RIGHT, address, seen

pytestmark = pytest.mark.browser

LONG = "A very long name of a gift box with three perfumes, incense and a small burner of brass"
PHONES = {"ar": "٥٠٠٠١٢٣٤", "en": "5000 1234"}


@pytest.fixture
def shop(tenant_a):
    """A shop with long names, a picture of several widths, and little left."""
    with scopes.tenant(tenant_a.id):
        StorefrontSettings.objects.create(id=1, phone="+96522445071", email="hello@shop.example")
        shelf = {
            "box": {"name_en": LONG, "price": "1250.500", "max_quantity": 3},
            "few": {"name_en": "Oud", "price": "12.500", "stock": 2},
            "gone": {"name_en": "Rose", "price": "12.500", "stock": 0},
            "asked": {"name_en": "Blend", "price": None, "kind": "service"},
            "well": {"name_en": "Well", "price": None, "kind": "project", "goal": "1500.000"},
        }
        for position, (slug, fields) in enumerate(shelf.items()):
            item = CatalogItem.objects.create(
                slug=slug, name_ar="صندوق هدية كبير بثلاثة عطور وبخور ومبخرة صغيرة", position=position,
                description_en="Aged.\n\nWarm.", status="published", **{"kind": "product", **fields},
            )  # fmt: skip
            widths = (320, 640, 1280) if slug in {"box", "few"} else ()
            for number in range(3 if widths else 0):
                MediaAsset.objects.create(
                    item=item, position=number,
                    renditions=[
                        {"name": f"{slug}-{number}-{width}.webp", "width": width, "height": width,
                         "content_type": "image/webp"}
                        for width in widths
                    ],
                )  # fmt: skip
    return tenant_a


def sell(shop, *, left):
    """Somebody else buys of the two. Not in the browser's thread, where Django refuses statements."""

    def buy():
        with scopes.tenant(shop.id):
            CatalogItem.objects.filter(slug="few").update(stock=left)
        connections.close_all()

    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(buy).result()


def walk(page, port, shop, language, look):
    """Order two things, with a mistake on the way; `look` sees the page at each station."""

    def go(path):
        return page.goto(address(port, shop.slug, f"/{language}/{path}"))

    for name, path in {
        "home": "", "items": "items/", "one kind": "items/?kind=project", "nothing": "items/?search=zz",
        "gone": "items/gone/", "asked": "items/asked/", "well": "items/well/", "empty cart": "cart/",
    }.items():  # fmt: skip
        go(path)
        look(name)
    go("items/few/")
    page.fill("#id_quantity", "2")
    look("few")
    page.locator("form.add .button").first.click()
    go("items/few/")
    page.locator("form.add .button").first.click()
    look("cart with too many")
    page.locator(".cart-line button[name=set]").first.click()
    go("items/box/")
    look("box")
    page.locator("form.add .button").nth(1).click()
    look("checkout")
    page.locator(".checkout-what .button").click()
    look("checkout with errors")
    page.fill("#id_customer_name", "مريم")
    page.fill("#id_customer_phone", PHONES[language])
    sell(shop, left=1)
    page.locator(".checkout-what .button").last.click()
    look("checkout with too many")
    page.locator(".order-line button[name=set]").first.click()
    page.locator(".checkout-what .button").last.click()
    look("thanks")


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
    assert len(found) == 15
    assert [text for text in complaints if "the server responded with" not in text] == []


@pytest.mark.parametrize("language", LOOKS)
def test_the_whole_way_needs_no_script(shop, chromium, port, language):
    def visit(visit):
        walk(visit.page, port, shop, language, lambda _: None)
        page, [cookie] = visit.page, visit.page.context.cookies() or [None]
        return page.url, page.locator("h1").inner_text(), cookie

    url, heading, cookie = chromium.run(visit, java_script_enabled=False)

    assert f"/{language}/track/" in url
    assert "O-1001" in heading
    assert cookie is None


def test_an_error_takes_the_focus(shop, chromium, port):
    def visit(visit):
        page = visit.page
        page.goto(address(port, shop.slug, "/en/items/few/"))
        page.locator("form.add .button").nth(1).click()
        page.locator(".checkout-what .button").click()
        focus = page.evaluate("document.activeElement.className")
        page.locator(".error-summary a").first.click()
        return focus, page.evaluate("document.activeElement.id")

    assert chromium.run(visit) == ("error-summary", "id_customer_name")


def test_enter_in_a_quantity_updates_the_cart(shop, chromium, port):
    """And neither takes a line out nor goes on to the checkout."""

    def visit(visit):
        page = visit.page
        page.goto(address(port, shop.slug, "/en/items/box/"))
        page.locator("form.add .button").first.click()
        page.locator(".cart-line input").fill("3")
        page.locator(".cart-line input").press("Enter")
        page.wait_for_load_state()
        return page.url, page.locator(".cart-line input").input_value()

    url, quantity = chromium.run(visit)

    assert url == address(port, shop.slug, "/en/cart/")
    assert quantity == "3"


def test_enter_in_the_checkout_takes_no_line_out(shop, chromium, port):
    """Where the only line is sold out, nothing else can be pressed but its removal."""

    def visit(visit):
        page = visit.page
        page.goto(address(port, shop.slug, "/en/items/few/"))
        page.locator("form.add .button").nth(1).click()
        page.fill("#id_customer_phone", PHONES["en"])
        page.fill("#id_note", "Ring twice")
        page.fill("#id_customer_name", "Maryam")
        sell(shop, left=0)
        page.locator(".checkout-what .button").click()
        page.locator("#id_customer_name").press("Enter")
        page.wait_for_load_state()
        typed = [
            page.locator(f"#id_{name}").input_value()
            for name in ("customer_name", "customer_phone", "note")
        ]
        return page.url, typed, page.locator(".order-line .field-error").inner_text()

    url, typed, problem = chromium.run(visit)

    assert url == address(port, shop.slug, "/en/checkout/")
    assert typed == ["Maryam", PHONES["en"], "Ring twice"]
    assert problem == "Oud is sold out."


def test_a_page_of_pictures_does_not_shift(shop, chromium, port):
    """Each picture's place is kept before it has come."""

    def visit(visit):
        page = visit.page
        page.route("**/media/**", lambda route: route.abort())
        page.goto(address(port, shop.slug, "/en/items/box/"))
        return page.locator(".gallery img").first.bounding_box()

    box = chromium.run(visit)

    assert box["height"] >= box["width"] * 0.99
