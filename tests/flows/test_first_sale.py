"""The first sale, as two people live it: a visitor orders, the mail comes, the staff see it through."""

import re

import pytest

from tests.browser.conftest import Chromium
from tests.flows.conftest import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo"), pytest.mark.timeout(180)]
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
WORDS = {
    "ar": {
        "name": "فاطمة الصباح",
        "phone": "٥٠٠٠ ١٢٣٤",
        "pending": "قيد الانتظار",
        "confirmed": "مؤكد",
        "fulfilled": "منجز",
        "sum": "25.000 د.ك",
    },
    "en": {
        "name": "Fatima Al-Sabah",
        "phone": "5000 1234",
        "pending": "Pending",
        "confirmed": "Confirmed",
        "fulfilled": "Fulfilled",
        "sum": "KWD 25.000",
    },
}


@pytest.fixture(scope="module")
def browser():
    """A browser of this module's own: its pages are the demo's, not the test server's."""
    chromium = Chromium()
    yield chromium
    chromium.close()


@pytest.mark.parametrize(
    ("language", "size", "script"),
    [("ar", PHONE, True), ("en", DESK, True), ("ar", PHONE, False)],
    ids=["arabic-phone", "english-desk", "arabic-phone-without-script"],
)
def test_from_storefront_to_fulfilled(demo, browser, language, size, script):
    words = WORDS[language]
    mailbox = demo.person()

    def storefront(label, path):
        return f"http://{label}.localhost:{demo.port}{path}"

    def mail_about(number):
        found = mailbox.get("app.localhost", "/mailbox/messages.json?to=owner@oud-house.example")
        return [each for each in found.json() if number in each["subject"] + each["text"]]

    def order(page):
        """From the shop window to the page that says thank you; the order's number."""
        page.goto(storefront("oud-house", "/"))
        assert page.url == storefront("oud-house", f"/{language}/")
        page.locator("a[href$='/items/']:visible").first.click()
        page.locator("a[href$='/items/oud-oil/']:visible").first.click()
        page.locator("input[name=quantity]").fill("2")
        page.locator("button[name=then][value=checkout]").click()
        page.locator("button[type=submit]:visible").first.click()
        assert page.locator(".field-wrong").count() == 2  # name and phone, told at the field
        page.locator("[name=customer_name]").fill(words["name"])
        page.locator("[name=customer_phone]").fill(words["phone"])
        page.locator("form.checkout button[type=submit]").last.click()
        page.wait_for_url(re.compile(r"/track/"))
        text = page.locator("main").inner_text()
        assert words["sum"] in text.replace("\u00a0", " ")
        return re.search(r"O-\d+", text)[0]

    def see_through(page, number):
        """From the log-in to an order that is fulfilled."""
        page.goto(storefront("app", f"/oud-house/orders/{number}/"))
        page.locator("[name=email]").fill("owner@oud-house.example")
        page.locator("[name=password]").fill("souqna-demo-2026")
        page.locator("main button[type=submit]").click()
        page.wait_for_url(re.compile(rf"/orders/{number}/"))
        assert words["name"] in page.locator("main").inner_text()
        assert words["pending"] in page.locator(".status").first.inner_text()
        if script:
            page.evaluate("window.isTheSamePage = true")
        for target in ("confirmed", "fulfilled"):
            page.locator(f"form:has(input[name=to][value={target}]) button[type=submit]").click()
            page.locator(".status", has_text=words[target]).first.wait_for()
        if script:
            assert page.evaluate("window.isTheSamePage") is True

    def live(visit):
        page = visit.page
        page.set_viewport_size(size)
        page.goto(storefront("app", f"/language/?to={language}&next=/mailbox/"))
        number = order(page)
        tracking = page.url
        (message,) = until(lambda: mail_about(number), 40)
        page.goto(storefront("app", f"/mailbox/{message['id']}/"))
        assert number in page.locator("main").inner_text()
        see_through(page, number)
        page.goto(tracking)
        assert words["fulfilled"] in page.locator("main").inner_text()
        # The browser remarks on the form that was sent empty on purpose.
        return [text for text in visit.complaints if "400 (Bad Request)" not in text]

    locale = "ar-KW" if language == "ar" else "en-GB"
    assert browser.run(live, locale=locale, java_script_enabled=script) == []
