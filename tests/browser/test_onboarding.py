"""A person opens an organisation: on a phone in Arabic, at a desk in English, and without a script."""

from uuid import uuid4

import pytest

from tenants import scopes
from tenants.gateways import valkey
from tenants.models import Tenant
from tests.browser.test_pages import DESK, LOOKS, PHONE, RIGHT, address, seen
from tests.browser.test_staff import cookie_of

pytestmark = pytest.mark.browser
SIZES = {"ar": PHONE, "en": DESK}


@pytest.fixture
def cookie(user, at):
    """The cookie of somebody without an organisation."""
    valkey.counters().flushdb()
    client = at("app")
    with scopes.public():
        client.force_login(user)
    return cookie_of(client, "app")


def fragment(page):
    return page.expect_response(lambda answer: "/tenants/slug/" in answer.url)


@pytest.mark.parametrize("language", LOOKS)
def test_from_the_empty_chooser_to_the_storefront(cookie, chromium, port, language):
    word = uuid4().hex[:8]
    name = {"ar": f"دار العود {word}", "en": f"Oud {word}"}[language]

    def look(visit):
        page, found = visit.page, []
        page.set_viewport_size(SIZES[language])
        page.goto(address(port, "app", "/tenants/"))
        page.locator(".empty .button").click()
        page.wait_for_url("**/tenants/new/")
        found.append(seen(page, language))
        page.set_viewport_size(SIZES[language])
        page.locator(".kind").nth(1).click()
        with fragment(page):
            page.fill(f"[name=name_{language}]", name)
        page.wait_for_function("document.querySelector('[name=slug]').value")
        suggested = page.input_value("[name=slug]")
        with fragment(page):
            page.fill("[name=slug]", "oud-h0use")
        page.wait_for_selector(".slug-refused")
        refused = page.locator(".slug-state").text_content()
        found.append(seen(page, language))
        with fragment(page):
            page.fill("[name=slug]", suggested)
        page.wait_for_selector(".slug-free")
        page.check("[value=own]")
        page.fill("[name=own_accent]", "#ffee00")
        found.append(seen(page, language))
        page.locator(".form-end button").click()
        page.wait_for_url(f"**/{suggested}/")
        found.append(seen(page, language))
        page.locator(".welcome a").click()
        page.wait_for_url("**.localhost:*/**")
        return found, suggested, refused, page.url, visit.complaints

    found, suggested, refused, url, complaints = chromium.run(
        look, locale=language, cookies=[cookie]
    )

    assert found == [([RIGHT[language]] * 2, ["", ""])] * 4
    assert suggested == {"ar": f"dar-al-ud-{word}", "en": f"oud-{word}"}[language]
    assert "oud-h0use.localhost" in refused
    assert url == address(port, suggested, f"/{language}/")
    assert complaints == []
    with scopes.public():
        made = Tenant.objects.get(slug=suggested)
    assert (made.kind, made.name_ar, made.name_en) == ("charity", name, name)


def test_an_address_that_was_typed_is_left_alone(cookie, chromium, port):
    def look(visit):
        page = visit.page
        page.goto(address(port, "app", "/tenants/new/"))
        with fragment(page):
            page.fill("[name=name_en]", "Dates of Basra")
        page.wait_for_function("document.querySelector('[name=slug]').value")
        with fragment(page):
            page.fill("[name=name_en]", "Dates of Kuwait")
        page.wait_for_function("document.querySelector('[name=slug]').value.includes('kuwait')")
        with fragment(page):
            page.fill("[name=slug]", "my-own-dates")
        with fragment(page):
            page.fill("[name=name_en]", "Other dates")
        page.wait_for_timeout(200)
        return page.input_value("[name=slug]")

    assert chromium.run(look, locale="en", cookies=[cookie]) == "my-own-dates"


@pytest.mark.parametrize("language", LOOKS)
def test_refusals_are_accessible_and_need_no_script(cookie, chromium, port, language):
    def look(visit):
        page = visit.page
        page.goto(address(port, "app", "/tenants/new/"))
        page.fill("[name=slug]", "www")
        page.locator(".form-end button").click()
        page.wait_for_selector(".error-summary")
        return seen(page, language), page.evaluate("document.activeElement.className")

    found, focus = chromium.run(look, locale=language, cookies=[cookie])

    assert found == ([RIGHT[language]] * 2, ["", ""])
    assert focus == "error-summary"


def test_without_a_script_the_address_is_made_of_the_name(cookie, chromium, port):
    word = uuid4().hex[:8]

    def look(visit):
        page = visit.page
        page.goto(address(port, "app", "/tenants/new/"))
        page.check("[value=project]")
        page.fill("[name=name_ar]", f"حديقة {word}")
        page.locator(".form-end button").click()
        return page.url, page.locator(".welcome").text_content()

    url, welcome = chromium.run(look, locale="ar", cookies=[cookie], java_script_enabled=False)

    assert url == address(port, "app", f"/hdiqa-{word}/")
    assert f"hdiqa-{word}.localhost" in welcome
