"""An item's pictures in a browser: uploaded many at once, dragged, moved by keys, saved."""

import base64

import pytest
from playwright.sync_api import expect

from storefront import tasks
from storefront.models import CatalogItem, MediaAsset
from tenants import scopes
from tenants.domain.tenants import get_or_create_user
from tenants.models import TenantMember
from tests.browser.test_pages import LOOKS, RIGHT, address, seen
from tests.browser.test_staff import cookie_of
from tests.storefront.uploads import drawn

pytestmark = pytest.mark.browser

RED = drawn(size=(400, 300), colour=(200, 30, 30))
FILES = [
    {"name": "one.jpg", "mimeType": "image/jpeg", "buffer": RED},
    {"name": "two.png", "mimeType": "image/png", "buffer": drawn("png", size=(300, 400))},
    {"name": "three.heic", "mimeType": "", "buffer": drawn("heic", size=(320, 320))},
]
FAKE = {"name": "fake.jpg", "mimeType": "image/jpeg", "buffer": b"<html>" * 20}
SVG = {"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"}


def work_at_once(_task, media_id):
    """What the nudged worker does, in a scope of its own."""
    with scopes.nowhere():
        tasks.process_upload.apply(args=[media_id], throw=True)


@pytest.fixture
def shop(tenant_a, at, settings, tmp_path, monkeypatch):
    """A shop with an item on a disk of the test's own, whose worker works at once; its owner's cookie."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr("storefront.domain.uploads.nudge", work_at_once)
    with scopes.tenant(tenant_a.id):
        CatalogItem.objects.create(
            kind="product", slug="oil", name_ar="دهن", name_en="Oil", price=5, status="published"
        )
    client = at("app")
    with scopes.public():
        owner = get_or_create_user(f"pictures-{tenant_a.slug}@example.com")
        client.force_login(owner)
    with scopes.tenant(tenant_a.id):
        TenantMember.objects.create(tenant=tenant_a, user=owner, role="owner")
    return tenant_a, cookie_of(client, "app")


def shapes(tenant):
    """Width over height of the item's pictures, in their order."""
    with scopes.tenant(tenant.id):
        assets = list(MediaAsset.objects.filter(item__slug="oil"))
        return [round(a.renditions[-1]["width"] / a.renditions[-1]["height"], 2) for a in assets]


def cards(page, number):
    """Wait for so many pictures, none of them still being prepared."""
    expect(page.locator(".picture-card")).to_have_count(number, timeout=30_000)
    expect(page.locator(".picture-busy")).to_have_count(0, timeout=30_000)


@pytest.mark.parametrize("language", LOOKS)
def test_pictures_in_every_state_fit_and_are_accessible(shop, chromium, port, language):
    tenant, cookie = shop

    def look(visit):
        page = visit.page
        page.goto(address(port, "app", f"/{tenant.slug}/items/oil/"))
        page.set_input_files(".pictures input[type=file]", [*FILES, FAKE, SVG])
        cards(page, 4)
        page.wait_for_selector(".picture-upload-failed")
        for summary in page.locator(".picture-words summary").all():
            summary.click()
        page.locator("[data-do=remove]").last.click()
        return seen(page, language)

    found = chromium.run(look, locale=language, cookies=[cookie])

    assert found == ([RIGHT[language]] * 2, ["", ""])


def test_many_are_uploaded_arranged_and_saved(shop, chromium, port):
    tenant, cookie = shop

    def look(visit):
        page = visit.page
        page.goto(address(port, "app", f"/{tenant.slug}/items/oil/"))
        page.set_input_files(".pictures input[type=file]", FILES)
        cards(page, 3)
        page.locator("[data-do=later]").first.focus()
        page.keyboard.press("Enter")  # one, two, three → two, one, three
        focus = page.evaluate("document.activeElement.dataset.do")
        page.keyboard.press("Enter")  # two, three, one
        expect(page.locator(".pictures [data-said]")).to_have_text("Place: 3")
        page.keyboard.press("Enter")  # no further
        first = page.locator(".picture-card").first
        first.locator("summary").click()
        first.locator("[name$=-alt_en]").fill("A bottle")
        first.locator("[data-do=remove]").click()
        pressed = first.locator("[data-do=remove]").get_attribute("aria-pressed")
        first.locator("[data-do=remove]").click()
        page.locator(".form-end button").click()
        page.wait_for_selector(".notice-positive")
        return focus, pressed, page.locator("[name$=-alt_en]").first.input_value(), visit.complaints

    focus, pressed, alt, complaints = chromium.run(look, locale="en", cookies=[cookie])

    assert (focus, pressed, alt, complaints) == ("later", "true", "A bottle", [])
    assert shapes(tenant) == [0.75, 1.0, 1.33]


_DROP = """(content) => {
  const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], "dropped.jpg", { type: "image/jpeg" }));
  const zone = document.querySelector(".pictures");
  for (const kind of ["dragenter", "dragover", "drop"])
    zone.dispatchEvent(new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }));
}"""


def test_files_are_dropped_and_pictures_dragged(shop, chromium, port):
    tenant, cookie = shop

    def look(visit):
        page = visit.page
        page.goto(address(port, "app", f"/{tenant.slug}/items/oil/"))
        page.set_viewport_size({"width": 1280, "height": 1600})
        page.set_input_files(".pictures input[type=file]", FILES[1:])
        cards(page, 2)
        page.evaluate(_DROP, base64.b64encode(RED).decode())
        cards(page, 3)
        frames = page.locator(".picture-frame")
        frames.nth(2).drag_to(frames.nth(0))
        page.locator(".form-end button").click()
        page.wait_for_selector(".notice-positive")
        return visit.complaints

    complaints = chromium.run(look, locale="en", cookies=[cookie])

    assert complaints == []
    assert shapes(tenant) == [1.33, 0.75, 1.0]


def test_saving_waits_for_the_pictures(shop, chromium, port):
    tenant, cookie = shop

    def look(visit):
        page = visit.page
        page.goto(address(port, "app", f"/{tenant.slug}/items/oil/"))
        page.set_input_files(".pictures input[type=file]", FILES)
        page.locator(".form-end button").click()
        page.wait_for_selector(".notice-positive")
        return visit.complaints

    assert chromium.run(look, locale="en", cookies=[cookie]) == []
    assert shapes(tenant) == [1.33, 0.75, 1.0]


def test_without_a_script_the_form_does_it(shop, chromium, port):
    tenant, cookie = shop

    def look(visit):
        page = visit.page
        page.goto(address(port, "app", f"/{tenant.slug}/items/oil/"))
        page.set_input_files(".pictures input[type=file]", FILES)
        page.locator(".form-end button").click()
        page.wait_for_selector(".notice-positive")
        page.locator("[name$=-place]").nth(2).fill("0")
        page.locator("[name$=-remove]").nth(1).check()
        page.locator(".form-end button").click()
        page.wait_for_load_state()
        return page.locator(".picture-card").count()

    count = chromium.run(look, locale="en", cookies=[cookie], java_script_enabled=False)

    assert count == 2
    assert shapes(tenant) == [1.0, 1.33]
