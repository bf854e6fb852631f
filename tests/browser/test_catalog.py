"""The catalog as staff fill it: variants and a category on a phone, the order by keyboard and by drag."""

import pytest

from storefront.domain.items import ItemContent
from storefront.models import CatalogItem, Category
from tenants import scopes
from tenants.domain.tenants import get_or_create_user
from tenants.models import TenantMember
from tests.browser.test_pages import DESK, RIGHT, address, seen
from tests.browser.test_staff import cookie_of

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(tenant_a, at):
    """A shop of the test's own, and the cookie of one of its staff."""
    client = at("app")
    with scopes.public():
        clerk = get_or_create_user(f"clerk-{tenant_a.slug}@example.com")
        client.force_login(clerk)
    with scopes.tenant(tenant_a.id):
        TenantMember.objects.create(tenant=tenant_a, user=clerk, role="staff")
    return tenant_a, cookie_of(client, "app")


@pytest.fixture
def shelf(shop):
    """Four items, A to D."""
    with scopes.tenant(shop[0].id):
        for place, name in enumerate("ABCD", start=1):
            CatalogItem.objects.create(
                kind="product", slug=f"item-{name.lower()}", name_ar=name, name_en=name,
                price=5, status="draft", position=place,
            )  # fmt: skip
    return shop


def order(tenant):
    with scopes.tenant(tenant.id):
        return "".join(CatalogItem.objects.values_list("name_en", flat=True))


def saved(page, act):
    """Wait for the answer to what `act` sends."""
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        act()
    return answer.value.status


def test_an_item_with_variants_and_a_category_is_made_on_an_arabic_phone(shop, chromium, port):
    tenant, cookie = shop

    def look(visit):
        page = visit.page
        page.goto(address(port, "app", f"/{tenant.slug}/items/new/"))
        page.fill("[name=name_ar]", "دهن الورد")
        with page.expect_response("**/items/slug/**"):
            page.fill("[name=name_en]", "Rose oil")
        page.wait_for_selector("#slug-suggestion bdi")
        suggested = page.locator("#slug-suggestion bdi").text_content()
        add = page.locator(".variant-add")
        for name_ar, name_en, price, stock in (
            ("كبير", "Large", "٩٫٥", "٣"),
            ("خطأ", "Wrong", "", ""),
            ("صغير", "Small", "5", "4"),
        ):
            add.click()
            assert page.evaluate("document.activeElement.name").endswith("-name_ar")
            row = page.locator(".variant").last
            row.locator("[name$=-name_ar]").fill(name_ar)
            row.locator("[name$=-name_en]").fill(name_en)
            row.locator("[name$=-price]").fill(price)
            row.locator("[name$=-stock]").fill(stock)
        page.locator(".variant").nth(1).locator("[data-do=remove]").click()
        page.locator(".variant").nth(1).locator("[data-do=earlier]").click()
        focus = page.evaluate("document.activeElement.dataset.do")
        is_hidden = not page.locator("[name=price]").is_visible()
        page.locator(".new-category").click()
        page.fill("[name=category_ar]", "الدهون")
        page.fill("[name=category_en]", "Oils")
        form = seen(page, "ar")
        page.locator(".form-end button").click()
        page.wait_for_url(f"**/{tenant.slug}/items/rose-oil/")
        return suggested, focus, is_hidden, form, seen(page, "ar"), visit.complaints

    suggested, focus, is_hidden, form, after, complaints = chromium.run(
        look, locale="ar", cookies=[cookie]
    )

    assert (suggested, focus, is_hidden) == ("rose-oil", "earlier", True)
    assert form == after == ([RIGHT["ar"]] * 2, ["", ""])
    assert complaints == []
    with scopes.tenant(tenant.id):
        content = ItemContent.of(CatalogItem.objects.get())
        category = Category.objects.get()
    assert [(one.name_en, str(one.price), one.stock) for one in content.variants] == [
        ("Small", "5.000", 4),
        ("Large", "9.500", 3),
    ]
    assert (str(content.price), content.stock) == ("5.000", 7)
    assert content.categories == (category.id,)
    assert (category.slug, category.name_ar) == ("oils", "الدهون")


def test_items_are_put_in_order_by_keyboard_and_by_drag(shelf, chromium, port):
    tenant, cookie = shelf

    def look(visit):
        page, told = visit.page, []
        page.goto(address(port, "app", f"/{tenant.slug}/items/order/"))
        page.set_viewport_size(DESK)
        page.get_by_role("button", name="Move B down").focus()
        for key in ("Enter", "Space"):
            told.append(saved(page, lambda key=key: page.keyboard.press(key)))
            page.wait_for_timeout(100)
            told.append(page.evaluate("document.activeElement.ariaLabel"))
            told.append(page.locator("[data-said]").text_content())
        page.keyboard.press("Enter")
        page.wait_for_timeout(100)
        told.append(page.locator("[data-said]").text_content())
        by_keyboard = order_of(page)
        # D's handle, onto the first row.
        start = page.locator(".handle").nth(2).bounding_box()
        goal = page.locator("[data-row]").first.bounding_box()
        page.mouse.move(start["x"] + 5, start["y"] + start["height"] / 2)
        page.mouse.down()
        page.mouse.move(start["x"] + 5, goal["y"] + 20, steps=8)
        told.append(saved(page, page.mouse.up))
        return told, by_keyboard, order_of(page), seen(page, "en"), visit.complaints

    told, by_keyboard, by_drag, looks, complaints = chromium.run(
        look, locale="en", cookies=[cookie]
    )

    assert told == [
        204, "Move B down", "Moved to place 3 / 4",
        204, "Move B down", "Moved to place 4 / 4",
        "It is there already.",
        204,
    ]  # fmt: skip
    assert by_keyboard == "ACDB"
    assert by_drag == order(tenant) == "DACB"
    assert looks == ([RIGHT["en"]] * 2, ["", ""])
    assert complaints == []


def test_what_is_refused_stands_where_it_stood(shelf, chromium, port):
    tenant, cookie = shelf

    def look(visit):
        page = visit.page
        page.goto(address(port, "app", f"/{tenant.slug}/items/order/"))
        down = page.get_by_role("button", name="Move A down")
        down.focus()
        saved(page, lambda: page.keyboard.press("Enter"))
        page.route("**/items/order/", lambda route: route.fulfill(status=503))
        for _ in range(2):
            page.keyboard.press("Enter")
        page.get_by_text("couldn’t be moved").wait_for()
        page.wait_for_timeout(100)
        focus = page.evaluate("document.activeElement.ariaLabel")
        refused = order_of(page)
        page.unroute("**/items/order/")
        return refused, focus, saved(page, lambda: page.keyboard.press("Enter")), order_of(page)

    refused, focus, status, shown = chromium.run(look, locale="en", cookies=[cookie])

    assert (refused, focus, status) == ("BACD", "Move A down", 204)
    assert shown == order(tenant) == "BCAD"


def order_of(page):
    return "".join(page.locator("[data-row] .row-title").all_text_contents())


def test_a_row_is_dragged_by_touch(shelf, chromium, port):
    tenant, cookie = shelf

    def look(visit):
        page = visit.page
        page.goto(address(port, "app", f"/{tenant.slug}/items/order/"))
        start = page.locator(".handle").first.bounding_box()
        goal = page.locator("[data-row]").nth(2).bounding_box()
        x = start["x"] + 5
        touch = page.context.new_cdp_session(page)

        def send(kind, *points):
            places = [{"x": x, "y": y} for y in points]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

        send("touchStart", start["y"] + 10)
        for step in range(1, 9):
            send("touchMove", start["y"] + (goal["y"] + 40 - start["y"]) * step / 8)
        return saved(page, lambda: send("touchEnd")), order_of(page)

    status, shown = chromium.run(look, locale="ar", cookies=[cookie], has_touch=True)

    assert status == 204
    assert shown == order(tenant) == "BCAD"


def test_without_a_script_rows_are_spare_and_buttons_send(shelf, chromium, port):
    tenant, cookie = shelf

    def look(visit):
        page = visit.page
        page.goto(address(port, "app", f"/{tenant.slug}/items/order/"))
        page.get_by_role("button", name="Move C up").click()
        moved = page.url
        page.goto(address(port, "app", f"/{tenant.slug}/items/item-a/"))
        rows = page.locator(".variant").count()
        page.fill("[name=variants-1-name_ar]", "كبير")
        page.fill("[name=variants-1-name_en]", "Large")
        page.locator(".form-end button").click()
        page.goto(address(port, "app", f"/{tenant.slug}/items/"))
        for name in "AB":
            page.get_by_label(f"Tick {name}", exact=True).check()
        page.select_option("[name=action]", "delete")
        page.get_by_role("button", name="Do it").click()
        asked = page.locator("h1").text_content().strip()
        page.get_by_role("button", name="Delete for good").click()
        return moved, rows, asked, page.locator("[role=status]").first.text_content()

    moved, rows, asked, told = chromium.run(
        look, locale="en", cookies=[cookie], java_script_enabled=False
    )

    assert "/items/order/?page=1#row-" in moved
    assert (rows, asked) == (3, "Delete 2 items?")
    assert "2 items deleted." in told
    assert order(tenant) == "CD"


def test_all_are_ticked_and_a_category_is_asked_for_only_where_it_is_needed(shelf, chromium, port):
    tenant, cookie = shelf
    with scopes.tenant(tenant.id):
        Category.objects.create(slug="oils", name_ar="الدهون", name_en="Oils")

    def look(visit):
        page, shown = visit.page, []
        page.goto(address(port, "app", f"/{tenant.slug}/items/"))
        into = page.locator("[name=into]")
        for action in ("publish", "add_category"):
            page.select_option("[name=action]", action)
            shown.append(into.is_visible())
        page.locator("[data-all]").check()
        page.get_by_label("Tick C", exact=True).uncheck()
        told = page.locator("[data-ticked]").text_content()
        mixed = page.evaluate("document.querySelector('[data-all]').indeterminate")
        page.select_option("[name=into]", label="Oils")
        looks = seen(page, "en")
        page.get_by_role("button", name="Do it").click()
        page.wait_for_selector("text=3 items changed.")
        return shown, told, mixed, looks, visit.complaints

    shown, told, mixed, looks, complaints = chromium.run(look, locale="en", cookies=[cookie])

    assert (shown, told, mixed) == ([False, True], "Ticked: 3", True)
    assert looks == ([RIGHT["en"]] * 2, ["", ""])
    assert complaints == []
    with scopes.tenant(tenant.id):
        assert Category.objects.get().items.count() == 3
