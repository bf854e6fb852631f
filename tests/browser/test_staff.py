"""The staff's pages in a browser: their looks, and what a script adds to them."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from capture.domain.orders import NewOrder, place_order
from capture.domain.quotes import LineRequest
from storefront.models import CatalogItem
from tenants import scopes
from tenants.domain.tenants import get_or_create_user
from tenants.models import Tenant, TenantMember, User
from tests.browser.test_pages import LOOKS, RIGHT, address, seen

pytestmark = pytest.mark.browser

PAGES = {
    "today": ("/oud-house/", 200),
    "today of a charity": ("/ghaith/", 200),
    "orders": ("/oud-house/orders/", 200),
    "orders found": ("/oud-house/orders/?search=o-1001&status=counted&day=2026-11-20", 200),
    "order": ("/oud-house/orders/O-1001/", 200),
    "items": ("/oud-house/items/", 200),
    "no items": ("/oud-house/items/?search=nothing-like-it", 200),
    "item": ("/oud-house/items/oud-oil/", 200),
    "project": ("/ghaith/items/water-well/", 200),
    "new item": ("/oud-house/items/new/", 200),
    "item with variants": ("/oud-house/items/sandalwood-oil/", 200),
    "order of items": ("/oud-house/items/order/", 200),
    "categories": ("/oud-house/items/categories/", 200),
    "delete": ("/oud-house/items/oud-oil/delete/", 200),
    "chooser": ("/tenants/", 200),
    "new organisation": ("/tenants/new/", 200),
    "nothing": ("/oud-house/nothing/", 404),
}
OPERATORS = ["/", "/tenants/tenant/", "/tenants/user/", "/tenants/plan/"]


def cookie_of(client, label):
    name = settings.SESSION_COOKIE_NAME
    return {
        "name": name,
        "value": client.cookies[name].value,
        "domain": f"{label}.{settings.SOUQNA_DOMAIN}",
        "path": "/",
    }


@pytest.fixture
def session(real_db, at):
    """The cookie of a member of the shop and of the charity."""
    client = at("app")
    with scopes.public():
        client.force_login(User.objects.get(email="both@souqna.example"))
    return cookie_of(client, "app")


@pytest.fixture
def counter(tenant_a, at):
    """A shop of the test's own with one pending order, and its owner's cookie."""
    with scopes.tenant(tenant_a.id):
        item = CatalogItem.objects.create(
            kind="product",
            slug="oil",
            name_ar="دهن",
            name_en="Oil",
            price=5,
            stock=9,
            status="published",
        )
        place_order(
            NewOrder(
                customer_name="Maryam",
                customer_phone="+96550001234",
                language="en",
                lines=[LineRequest(item.id, 2)],
            ),
            is_open=True,
            now=timezone.now() - timedelta(hours=1),
        )
    client = at("app")
    with scopes.public():
        owner = get_or_create_user(f"counter-{tenant_a.slug}@example.com")
        client.force_login(owner)
    with scopes.tenant(tenant_a.id):
        TenantMember.objects.create(tenant=tenant_a, user=owner, role="owner")
    return tenant_a, cookie_of(client, "app")


@pytest.mark.parametrize("language", LOOKS)
def test_every_page_fits_and_is_accessible(session, chromium, port, language):
    def look(visit):
        found = {}
        for name, (path, _status) in PAGES.items():
            answer = visit.page.goto(address(port, "app", path))
            found[name] = answer.status, *seen(visit.page, language)
        return found, visit.complaints

    found, complaints = chromium.run(look, locale=language, cookies=[session])

    assert found == {
        name: (status, [RIGHT[language]] * 2, ["", ""]) for name, (_, status) in PAGES.items()
    }
    assert [text for text in complaints if "the server responded with" not in text] == []


@pytest.mark.parametrize("language", LOOKS)
def test_logging_in_fits_and_is_accessible(real_db, chromium, port, language):
    def look(visit):
        page = visit.page
        page.goto(address(port, "app", "/oud-house/orders/"))
        empty = seen(page, language)
        page.fill("[name=email]", "nobody@example.com")
        page.fill("[name=password]", "wrong")
        page.keyboard.press("Enter")
        page.wait_for_selector(".error-summary")
        focus = page.evaluate("document.activeElement.className")
        return empty, seen(page, language), focus, page.input_value("[name=email]")

    empty, wrong, focus, typed = chromium.run(look, locale=language)

    right = ([RIGHT[language]] * 2, ["", ""])
    assert (empty, wrong, focus, typed) == (right, right, "error-summary", "nobody@example.com")


@pytest.mark.parametrize("language", LOOKS)
def test_refusals_and_open_parts_are_accessible(counter, chromium, port, language):
    tenant, cookie = counter

    def look(visit):
        page, found = visit.page, []
        page.goto(address(port, "app", f"/{tenant.slug}/orders/O-1001/"))
        page.locator(".step summary").click()
        page.locator(".account summary").click()
        found.append(seen(page, language))
        page.evaluate("document.querySelectorAll('[name=version]').forEach((f) => (f.value = 9))")
        page.locator("#order form > .button").first.click()
        page.wait_for_selector(".notice-critical")
        found.append(seen(page, language))
        page.goto(address(port, "app", f"/{tenant.slug}/items/new/"))
        page.locator(".form-end button").click()
        page.wait_for_selector(".error-summary")
        found.append(seen(page, language))
        return found, visit.complaints

    found, complaints = chromium.run(look, locale=language, cookies=[cookie])

    assert found == [([RIGHT[language]] * 2, ["", ""])] * 3
    assert [text for text in complaints if "the server responded with" not in text] == []


def test_a_step_is_taken_without_leaving_the_page(counter, chromium, port):
    tenant, cookie = counter

    def look(visit):
        page = visit.page
        page.goto(address(port, "app", f"/{tenant.slug}/orders/O-1001/"))
        page.evaluate("window.here = true")
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_selector(".notice-positive")
        said = page.evaluate("document.activeElement.textContent.trim()")
        page.locator("summary", has_text="Cancel the order").click()
        page.fill("[name=reason]", "They rang")
        page.locator(".step-form button").click()
        page.wait_for_selector("text=They rang")
        kept = page.evaluate("[window.here, localStorage.length]")
        return said, kept, page.url, page.locator(".history li").count(), visit.complaints

    said, kept, url, steps, complaints = chromium.run(look, locale="en", cookies=[cookie])

    assert said == "Order O-1001: Confirmed"
    assert kept == [True, 0]
    assert url.endswith(f"/{tenant.slug}/orders/O-1001/")
    assert steps == 3
    assert complaints == []


def test_a_step_is_taken_without_script(counter, chromium, port):
    tenant, cookie = counter

    def look(visit):
        page = visit.page
        page.goto(address(port, "app", f"/{tenant.slug}/"))
        page.locator(".order-row").first.click()
        page.get_by_role("button", name="Confirm").click()
        page.locator("summary", has_text="Cancel the order").click()
        page.locator(".step-form button").click()
        return page.locator(".order-title .status").text_content(), page.url

    status, url = chromium.run(look, locale="en", cookies=[cookie], java_script_enabled=False)

    assert status.strip() == "Cancelled"
    assert url.endswith("/orders/O-1001/")


def test_who_was_logged_out_meanwhile_is_led_to_log_in(counter, chromium, port):
    tenant, cookie = counter

    def look(visit):
        page = visit.page
        page.goto(address(port, "app", f"/{tenant.slug}/orders/O-1001/"))
        page.context.clear_cookies()
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_selector("[name=password]")
        return page.url

    assert "/login/" in chromium.run(look, locale="en", cookies=[cookie])


def test_the_menu_closes_by_escape_and_by_a_touch_elsewhere(session, chromium, port):
    def look(visit):
        page, states = visit.page, []
        page.goto(address(port, "app", "/oud-house/"))
        for close in (
            lambda: page.keyboard.press("Escape"),
            lambda: page.locator("h1").click(),
        ):
            page.locator(".account summary").click()
            states.append(page.evaluate("document.querySelector('.account').open"))
            close()
            states.append(page.evaluate("document.querySelector('.account').open"))
        return states

    assert chromium.run(look, cookies=[session]) == [True, False, True, False]


def test_a_form_shows_what_concerns_the_kind(session, chromium, port):
    def look(visit):
        page, shown = visit.page, []
        page.goto(address(port, "app", "/oud-house/items/new/"))
        for kind in ("product", "project"):
            page.check(f"[value={kind}]")
            shown.append(
                [page.locator(f"[name={name}]").is_visible() for name in ("price", "goal")]
            )
        page.fill("[name=goal]", "x")
        page.check("[value=product]")
        page.locator(".form-end button").click()
        shown.append([page.locator(f"[name={name}]").is_visible() for name in ("price", "goal")])
        return shown

    assert chromium.run(look, cookies=[session]) == [[True, False], [False, True], [True, True]]


@pytest.mark.parametrize("language", LOOKS)
def test_the_operators_panel_opens(real_db, at, chromium, port, language):
    client = at("admin")
    with scopes.public():
        client.force_login(User.objects.get(email="super@souqna.example"))
        assert Tenant.objects.exists()

    def look(visit):
        facts = []
        for path in OPERATORS:
            answer = visit.page.goto(address(port, "admin", path))
            shown = visit.page.evaluate("[document.documentElement.lang, document.dir]")
            facts.append((answer.status, *shown))
        return facts, visit.complaints

    facts, complaints = chromium.run(look, locale=language, cookies=[cookie_of(client, "admin")])

    assert facts == [(200, language, "rtl" if language == "ar" else "ltr")] * len(OPERATORS)
    assert complaints == [], json.dumps(complaints)
