"""A storefront's settings in a browser: changed with the preview beside them, a logo uploaded, saved."""

import pytest
from playwright.sync_api import expect

from storefront.queries.settings import get_storefront
from tenants import scopes
from tenants.models import Tenant
from tests.browser.test_pages import LOOKS, RIGHT, address, seen
from tests.browser.test_pictures import RED, shop

__all__ = ["shop"]
pytestmark = pytest.mark.browser

PARTS = ("", "contact/", "payment/", "legal/", "address/")
LOGO = {"name": "logo.jpg", "mimeType": "image/jpeg", "buffer": RED}
SVG = {"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"}
PREVIEW = "iframe.preview-frame"


@pytest.mark.parametrize("language", LOOKS)
def test_every_part_fits_and_is_accessible(shop, chromium, port, language):
    tenant, cookie = shop

    def look(visit):
        page, found = visit.page, {}
        for part in PARTS:
            page.goto(address(port, "app", f"/{tenant.slug}/settings/{part}"))
            if not part:
                expect(page.frame_locator(PREVIEW).locator("h1")).to_be_visible()
                page.set_input_files("[name=logo_file]", SVG)
                page.wait_for_selector("[data-progress].field-error")
            if part == "payment/":
                page.fill("[name=iban]", "KW00")
                page.locator(".form-end button").first.click()
                page.wait_for_selector(".error-summary")
            found[part] = seen(page, language)
        return found

    found = chromium.run(look, locale=language, cookies=[cookie])

    assert found == {part: ([RIGHT[language]] * 2, ["", ""]) for part in PARTS}


@pytest.mark.parametrize("language", ["ar", "en"])
def test_what_is_typed_is_seen_before_it_is_saved(shop, chromium, port, language):
    tenant, cookie = shop
    name = {"ar": "قصر العود", "en": "Oud Palace"}[language]

    def look(visit):
        page = visit.page
        page.goto(address(port, "app", f"/{tenant.slug}/settings/"))
        preview = page.frame_locator(PREVIEW)
        expect(preview.locator("h1")).to_be_visible()
        page.fill(f"[name=name_{language}]", name)
        page.fill(f"[name=tagline_{language}]", "<b>Markup</b>")
        expect(preview.locator("h1")).to_have_text(name)
        expect(preview.locator(".lead")).to_have_text("<b>Markup</b>")
        page.locator("[name=accent][value='#8a2d4f']").check()
        expect(page.locator(".reading-shade").first).to_have_text("#8a2d4f")
        theme = preview.locator("link[rel=stylesheet][href*='8a2d4f']")
        expect(theme).to_have_count(1)
        colour = preview.locator("html").evaluate(
            "html => getComputedStyle(html).getPropertyValue('--accent')"
        )
        page.set_input_files("[name=logo_file]", LOGO)
        expect(page.locator(".one-logo .picture-state img")).to_be_visible(timeout=30_000)
        # Nothing is stored yet.
        stale = page.evaluate("fetch(location.href).then((answer) => answer.text())")
        page.locator(".settings-end button").first.click()
        page.wait_for_selector(".notice-positive")
        return colour, stale, visit.complaints

    colour, stale, complaints = chromium.run(look, locale=language, cookies=[cookie])

    assert "#8a2d4f" in colour
    assert name not in stale
    assert complaints == []
    with scopes.public():
        assert getattr(Tenant.objects.get(id=tenant.id), f"name_{language}") == name
    with scopes.tenant(tenant.id):
        settings = get_storefront()
    assert settings.accent == "#8a2d4f"
    assert settings.logo.renditions


def test_an_address_is_looked_up_as_it_is_typed(shop, chromium, port):
    tenant, cookie = shop

    def look(visit):
        page = visit.page
        page.goto(address(port, "app", f"/{tenant.slug}/settings/address/"))
        page.locator("[name=slug]").press_sequentially("oud-house")
        expect(page.locator("#slug-status")).to_contain_text("taken")
        page.locator("[name=slug]").press_sequentially(f"-{tenant.slug}")
        expect(page.locator("#slug-status")).to_contain_text("free")
        page.locator(".form-end button").click()
        page.wait_for_selector(".notice-positive")
        return page.url, visit.complaints

    url, complaints = chromium.run(look, locale="en", cookies=[cookie])

    assert url.endswith(f"/oud-house-{tenant.slug}/settings/address/")
    assert complaints == []
