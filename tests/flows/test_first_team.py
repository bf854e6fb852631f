"""The first team, as two people live it: sign up, verify, two-step verification, an organisation, an
invitation, and the one who accepts it.
"""

import re
from uuid import uuid4

import pytest

from tenants.identity.embedded.totp import current_code
from tests.browser.conftest import Chromium
from tests.flows.conftest import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo"), pytest.mark.timeout(180)]
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
PASSWORD = "a-password-of-my-own"
FORM = "form.form .button:not(.button-quiet)"
JOINED = {"ar": "موظف", "en": "Staff"}


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
def test_from_sign_up_to_a_team(demo, browser, language, size, script):
    mailbox = demo.person()
    slug = f"first-{uuid4().hex[:8]}"
    owner, guest = (f"{who}-{uuid4().hex[:8]}@example.com" for who in ("owner", "guest"))

    def app(path):
        return f"http://app.localhost:{demo.port}{path}"

    def mail_to(email, pattern):
        """What the newest mail to the address says in the place of `pattern`."""

        def found():
            mails = mailbox.get("app.localhost", f"/mailbox/messages.json?to={email}").json()
            return mails and re.search(pattern, mails[0]["text"], re.MULTILINE)

        return until(found, 40)[1]

    def send(page, **fields):
        for name, value in fields.items():
            page.fill(f"main [name={name}]", value)
        page.locator(FORM).first.click()

    def sign_up(page, email):
        """From the form of a new account to being logged in."""
        send(page, name="نورة", email=email, password=PASSWORD)
        page.wait_for_url(re.compile("/verify/"))
        send(page, code=mail_to(email, r"^(\d{6})$"))
        page.wait_for_url(re.compile("/login/"))
        assert page.input_value("main [name=email]") == email
        send(page, password=PASSWORD)

    def found_a_team(page):
        page.goto(app(f"/language/?to={language}&next=/signup/"))
        sign_up(page, owner)
        page.goto(app("/mfa/"))
        secret = "".join(page.locator(".key").text_content().split())
        send(page, code=current_code(secret))
        page.locator(".codes li").first.wait_for()
        page.goto(app("/tenants/new/"))
        page.locator("input[name=kind][value=charity]").check(force=True)
        page.fill("[name=name_ar]", "دار الخير")
        page.fill("[name=name_en]", "House of Good")
        page.fill("[name=slug]", slug)
        page.locator(".form-end button").click()
        page.wait_for_url(app(f"/{slug}/"))
        page.goto(app(f"/{slug}/team/"))
        page.fill("main [name=email]", guest)
        page.locator("form[action$='/team/invitations/'] button").click()
        page.get_by_text(guest).first.wait_for()

    def join(page):
        link = mail_to(guest, r"(http\S+/invitations/[\w-]+/)")
        page.goto(app(f"/language/?to={language}&next=/"))
        page.goto(link)
        page.locator("main a[href*='/signup/']").click()
        sign_up(page, guest)
        page.wait_for_url(re.compile("/invitations/"))
        page.locator("main form button").first.click()
        page.wait_for_url(app(f"/{slug}/"))
        page.goto(app(f"/{slug}/team/"))
        assert JOINED[language] in page.locator("main").inner_text()
        page.goto(f"http://{slug}.localhost:{demo.port}/{language}/")
        assert page.locator("h1").first.inner_text()

    def live(act):
        def run(visit):
            visit.page.set_viewport_size(size)
            act(visit.page)
            return visit.complaints

        return run

    locale = "ar-KW" if language == "ar" else "en-GB"
    for act in (found_a_team, join):
        complaints = browser.run(live(act), locale=locale, java_script_enabled=script)
        assert complaints == []
