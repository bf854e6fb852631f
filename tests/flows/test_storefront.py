"""A storefront from nothing, and its first visitor: the owner sets it up, brings items in and publishes
one with variants and a picture; the visitor finds it in spite of a slip, chooses and orders.
"""

import json
import re
from contextlib import nullcontext
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page, expect

from tests.browser.conftest import Chromium
from tests.browser.test_pages import AUDIT, DESK, PHONE
from tests.flows.conftest import Demo, until
from tests.flows.test_identity_contract import PASSWORD, Program
from tests.storefront.uploads import drawn

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo"), pytest.mark.timeout(180)]
IBAN = "KW81CBKU0000000000001234560101"
LOGO = {
    "name": "logo.png",
    "mimeType": "image/png",
    "buffer": drawn("png", (300, 300), colour=(20, 90, 70)),
}
PHOTO = {
    "name": "photo.heic",
    "mimeType": "",
    "buffer": drawn("heic", (800, 600), colour=(120, 70, 30)),
}
TABLE = """slug,kind,name_ar,name_en,price,stock,status,categories
musk,product,مسك أبيض,White musk,4.750,5,published,
rose,product,ماء ورد,Rose water,2.500,9,published,
amber,product,عنبر,Amber,18.000,,published,oils
saffron,product,زعفران,Saffron,6.250,3,published,oils
bukhoor,product,بخور ملكي,Royal incense,9.000,7,published,
wrapping,service,تغليف هدايا,Gift wrapping,1.000,,published,
"""
FILE = {"name": "items.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
# Each as a visitor writes it: a letter too few, two in the wrong order.
WORDS = {
    "ar": {"shop": "بيت الكمبودي", "item": "دهن عود كمبودي", "slip": "كمبدي", "kind": "نصف تولة"},
    "en": {
        "shop": "Cambodi House",
        "item": "Cambodian oud",
        "slip": "camboidan",
        "kind": "Half tola",
    },
}
SUM = {"ar": "19.000 د.ك", "en": "KWD 19.000"}
WHO = {"ar": ("فاطمة الصباح", "٥٠٠٠ ١٢٣٤"), "en": ("Fatima Al-Sabah", "5000 1234")}
LOOKS = [("ar", PHONE, True), ("en", DESK, True), ("ar", PHONE, False)]
SAVE, SAVED = ".form-end button", ".notice-positive"


@pytest.fixture(scope="module")
def browser():
    """A browser of this module's own: its pages are the demo's, not the test server's."""
    chromium = Chromium()
    yield chromium
    chromium.close()


@dataclass
class Walk:
    """One storefront in the making: who makes it, in which language, and what the audits found."""

    demo: Demo
    email: str
    language: str
    script: bool
    slug: str = field(default_factory=lambda: f"kambodi-{uuid4().hex[:8]}")
    faults: dict[str, str] = field(default_factory=dict)

    def go(self, page: Page, path: str, label: str = "") -> None:
        """To a path of the dashboard, or of another host."""
        host = f"{label or 'app'}.localhost:{self.demo.port}"
        page.goto(f"http://{host}{path}" if label else f"http://{host}/{self.slug}{path}")

    def audit(self, page: Page, name: str) -> None:
        """Keep what is wrong with an open page: with its access, or its width."""
        if not self.script:
            return
        page.evaluate(AXE_SCRIPT)
        found = AxeResults(page.evaluate(f"axe.run({json.dumps(AUDIT)})"))
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if found.violations_count or wide > 0:
            self.faults[name] = f"{found.generate_report()} {wide}"

    def save(self, page: Page, **fields: str) -> None:
        """Fill in fields of the page's form and send it; it is saved."""
        for name, value in fields.items():
            page.fill(f"main [name={name}]", value)
        page.locator(SAVE).first.click()
        page.locator(SAVED).first.wait_for()

    def wait_for_pictures(self, page: Page, place: str) -> None:
        """Until the worker has prepared them: the page asks by itself where it has a script."""
        if not self.script:
            until(lambda: page.reload() and page.locator(f"{place} img").count(), 30)
        expect(page.locator(f"{place} img")).to_be_visible(timeout=30_000)
        expect(page.locator(".picture-busy")).to_have_count(0)


def log_in(walk, page):
    walk.go(page, f"/language/?to={walk.language}&next=/login/", "app")
    page.fill("main [name=email]", walk.email)
    page.fill("main [name=password]", PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/login/" not in url)


def open_an_organisation(walk, page):
    walk.go(page, "/tenants/new/", "app")
    page.locator("input[name=kind][value=shop]").check(force=True)
    # Each is looked up as it is typed; going on before the answer makes htmx complain on the console.
    for name, value in {"name_ar": "متجر جديد", "slug": walk.slug}.items():
        with page.expect_response(re.compile("/tenants/slug/")) if walk.script else nullcontext():
            page.fill(f"[name={name}]", value)
    walk.audit(page, "new organisation")
    page.locator(SAVE).click()
    page.wait_for_url(f"**/{walk.slug}/")
    walk.audit(page, "today")


def set_up(walk, page):
    """Name, colour and logo with the preview beside them; contact, hours, payment."""
    walk.go(page, "/settings/")
    page.fill("[name=name_ar]", WORDS["ar"]["shop"])
    page.fill("[name=name_en]", WORDS["en"]["shop"])
    page.locator("[name=accent][value='#8a2d4f']").check()
    page.set_input_files("[name=logo_file]", LOGO)
    if walk.script:
        preview = page.frame_locator("iframe.preview-frame")
        expect(preview.locator("h1")).to_have_text(WORDS[walk.language]["shop"])
        expect(preview.locator("link[href*='8a2d4f']")).to_have_count(1)
        walk.wait_for_pictures(page, ".one-logo .picture-state")
        walk.audit(page, "settings")
    walk.save(page)
    walk.wait_for_pictures(page, ".one-logo .picture-state")
    walk.go(page, "/settings/contact/")
    walk.audit(page, "contact")
    walk.save(
        page, phone="٢٢٢٢ ٣٣٣٣", whatsapp="55501234", email="hello@example.com", hours_sun="9-13"
    )
    walk.go(page, "/settings/payment/")
    page.check("[name=takes_cash]")
    walk.audit(page, "payment")
    walk.save(page, iban=IBAN, wamd="55501234")


def fill_the_catalog(walk, page):
    """A category, an item with variants and a picture as a draft, six more from a table."""
    walk.go(page, "/items/categories/")
    page.fill("[name=name_ar]", "زيوت")
    page.fill("[name=name_en]", "Oils")
    page.locator("form:has([name=name_en]) .button").last.click()
    page.get_by_text({"ar": "زيوت", "en": "Oils"}[walk.language], exact=True).first.wait_for()
    walk.audit(page, "categories")
    write_the_item(walk, page)
    walk.go(page, "/items/import/")
    page.set_input_files("[name=file]", FILE)
    page.locator(SAVE).click()
    page.locator(".import-counts").wait_for()
    walk.audit(page, "table")
    walk.save(page)
    walk.go(page, "/items/")
    walk.audit(page, "items")


def write_the_item(walk, page):
    walk.go(page, "/items/new/")
    page.locator("[name=kind][value=product]").check(force=True)
    page.fill("[name=name_ar]", WORDS["ar"]["item"])
    page.fill("[name=name_en]", WORDS["en"]["item"])
    page.fill("[name=slug]", "cambodian")
    for at, (arabic, english, price) in enumerate(
        [("ربع تولة", "Quarter tola", "٥٫٥٠٠"), (WORDS["ar"]["kind"], WORDS["en"]["kind"], "9.5")]
    ):
        if walk.script:
            page.locator(".variant-add").click()
        row = page.locator(".variant-rows > .variant").nth(at)
        for name, value in {
            "name_ar": arabic,
            "name_en": english,
            "price": price,
            "stock": "4",
        }.items():
            row.locator(f"[name$=-{name}]").fill(value)
    page.locator("[name=categories]").first.check()
    page.set_input_files(".pictures input[type=file]", PHOTO)
    if walk.script:
        walk.wait_for_pictures(page, ".picture-card")
        walk.audit(page, "new item")
    walk.save(page)
    walk.wait_for_pictures(page, ".picture-card")


def publish(walk, page):
    """What is a draft is nowhere; published, it is there at the next request."""

    def status():
        place = f"/{walk.language}/items/cambodian/"
        return walk.demo.person().get(f"{walk.slug}.localhost", place).status

    assert status() == 404
    walk.go(page, "/items/cambodian/")
    page.locator("[name=status][value=published]").check(force=True)
    walk.save(page)
    assert status() == 200


def find(walk, page):
    """From the storefront's door to the item: by its category, and by a word with a slip."""
    words = WORDS[walk.language]
    walk.go(page, "/", walk.slug)
    assert page.url.endswith(f"/{walk.language}/")
    assert words["shop"] in page.locator("h1").inner_text()
    walk.audit(page, "home")
    page.locator("a[href$='/items/']:visible").first.click()
    expect(page.locator("ul.items > li")).to_have_count(7)
    walk.audit(page, "list")
    page.locator(".pill[href*='category=oils']").click()
    expect(page.locator("ul.items > li")).to_have_count(3)
    page.fill("[name=search]", words["slip"])
    page.locator(".search .button").click()
    expect(page.locator("ul.items > li")).to_have_count(1)
    assert page.locator("ul.items img").evaluate("one => one.naturalWidth") if walk.script else True
    walk.audit(page, "found")
    page.locator("ul.items a").first.click()
    expect(page.locator("h1")).to_have_text(words["item"])


def order(walk, page):
    """Two of one variant, to the page that says thank you; the order's number."""
    page.locator(".variant", has_text=WORDS[walk.language]["kind"]).click()
    page.fill("[name=quantity]", "2")
    walk.audit(page, "item")
    page.locator("button[name=then][value=checkout]").click()
    name, phone = WHO[walk.language]
    page.fill("[name=customer_name]", name)
    page.fill("[name=customer_phone]", phone)
    walk.audit(page, "checkout")
    page.locator("form.checkout button[type=submit]").last.click()
    page.wait_for_url(re.compile("/track/"))
    walk.audit(page, "thanks")
    text = page.locator("main").inner_text().replace("\u00a0", " ")
    assert SUM[walk.language] in text
    assert WORDS[walk.language]["kind"] in text
    assert IBAN in re.sub(r"\s", "", text)
    return re.search(r"O-\d+", text)[0]


def see_the_order(walk, page, number):
    walk.go(page, "/orders/")
    page.get_by_text(number).first.click()
    page.wait_for_url(f"**/orders/{number}/")
    text = page.locator("main").inner_text()
    assert WHO[walk.language][0] in text
    assert WORDS[walk.language]["kind"] in text
    walk.audit(page, "order")


@pytest.mark.parametrize(
    ("language", "size", "script"),
    LOOKS,
    ids=["arabic-phone", "english-desk", "arabic-phone-without-script"],
)
def test_from_nothing_to_an_order(demo, browser, language, size, script):
    owner = Program(demo)
    owner.sign_up()
    walk = Walk(demo, owner.email, language, script)
    options = {"locale": "ar-KW" if language == "ar" else "en-GB", "java_script_enabled": script}
    cookies = []

    def live(*steps):
        def run(visit):
            visit.page.set_viewport_size(size)
            found = [step(walk, visit.page) for step in steps]
            assert visit.complaints == []
            cookies[:] = visit.page.context.cookies()
            return found[-1]

        return browser.run(run, cookies=cookies, **options)

    live(log_in, open_an_organisation, set_up)
    live(fill_the_catalog, publish)
    kept, cookies = cookies, []
    number = live(find, order)
    cookies = kept
    live(lambda walk, page: see_the_order(walk, page, number))

    assert walk.faults == {}
