"""People and their accounts in a browser: sign up, verify, log in, two-step verification, with a script
and without.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tenants.identity.embedded import totp
from tests.browser.test_pages import DESK, LOOKS, PHONE, RIGHT, address, seen
from tests.browser.test_staff import cookie_of
from tests.tenants.people import PASSWORD, log_in, mailed_code, new_address, new_person

pytestmark = pytest.mark.browser
SIZES = {"ar": PHONE, "en": DESK}
FINE = ([], ["", ""])
BUTTON = "form.form .button:not(.button-quiet)"


def code_for(email):
    """The code that was mailed. Playwright's own thread may not ask the database."""

    def read():
        try:
            return mailed_code(email)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(read).result()


class Person:
    """Somebody who walks from page to page, which is looked at each time."""

    def __init__(self, visit, port, language):
        self.visit, self.page, self.port = visit, visit.page, port
        self.language, self.size, self.found = language, SIZES[language], []
        self.page.set_viewport_size(self.size)

    def open(self, path):
        self.page.goto(address(self.port, "app", path))

    def look(self):
        """Note where this is, and what is wrong with the page."""
        facts, reports = seen(self.page, self.language)
        self.page.set_viewport_size(self.size)
        wrong = [one for one in facts if one != RIGHT[self.language]]
        self.found.append((self.page.url.partition(f":{self.port}")[2], wrong, reports))

    def send(self, **fields):
        """Fill in the fields and send the form by its first button."""
        for name, value in fields.items():
            self.page.fill(f"[name={name}]", value)
        self.page.locator(BUTTON).first.click()

    def key(self):
        return "".join(self.page.locator(".key").text_content().split())


@pytest.mark.parametrize("language", LOOKS)
def test_from_sign_up_to_a_second_step(real_db, chromium, port, language):
    email = new_address()

    def enter(visit):
        person = Person(visit, port, language)
        person.open("/signup/?next=/account/")
        person.look()
        person.send(name="نورة", email=email, password="short")
        person.look()
        person.send(password=PASSWORD)
        person.look()
        person.send(code="000000")
        person.look()
        person.send(code=code_for(email))
        person.look()
        person.send(password=PASSWORD)
        person.look()
        return person.found, visit.complaints, visit.page.context.cookies()

    def protect(visit):
        person = Person(visit, port, language)
        person.open("/mfa/")
        person.look()
        secret = person.key()
        person.send(code="1")
        person.look()
        person.send(code=totp.current_code(secret))
        person.look()
        codes = visit.page.locator(".codes li").all_text_contents()
        visit.page.locator(".not-printed a.button").last.click()
        person.look()
        person.open("/mfa/")
        person.look()
        visit.page.locator(".site-header form button").click()
        person.send(email=email, password=PASSWORD)
        visit.page.locator(".hint summary").click()
        person.look()
        person.send(code=totp.current_code(secret, offset=1))
        ended = visit.page.url
        return person.found, visit.complaints, codes, ended

    found, complaints, cookies = chromium.run(enter, locale=language)
    more, others, codes, ended = chromium.run(protect, locale=language, cookies=cookies)

    assert [one[1:] for one in found + more] == [FINE] * 12
    assert [path for path, *_ in found] == [
        "/signup/?next=/account/",
        "/signup/",
        "/verify/?next=%2Faccount%2F",
        "/verify/",
        "/login/?next=%2Faccount%2F",
        "/account/",
    ]
    assert [path for path, *_ in more] == ["/mfa/"] * 3 + ["/account/", "/mfa/", "/mfa/"]
    assert len(set(codes)) == 10
    assert ended == address(port, "app", "/")
    # Chromium notes the status of a refused form; what the policy refused reads otherwise.
    said = [text for text in complaints + others if "the server responded with" not in text]
    assert said == []


@pytest.fixture
def session(real_db, at):
    """The cookie of somebody with an account."""
    client, who = at("app"), new_person()
    log_in(client, who.email)
    return cookie_of(client, "app")


@pytest.mark.parametrize("language", LOOKS)
def test_the_other_pages_fit_and_are_accessible(session, chromium, port, language):
    def look(visit):
        person = Person(visit, port, language)
        for path in ("/account/email/", "/account/password/", "/forgot/", "/reset/"):
            person.open(path)
            person.look()
        person.open("/account/email/")
        person.send(email=new_address(), current=PASSWORD)
        person.look()
        person.open("/mfa/")
        person.send(code=totp.current_code(person.key()))
        for path in ("/mfa/codes/", "/mfa/off/"):
            person.open(path)
            person.look()
        person.send(current="wrong")
        person.look()
        return person.found, visit.complaints

    found, complaints = chromium.run(look, locale=language, cookies=[session])

    assert [one[1:] for one in found] == [FINE] * 8
    assert [text for text in complaints if "the server responded with" not in text] == []


def test_all_of_it_without_a_script(real_db, chromium, port):
    email = new_address()

    def enter(visit):
        person = Person(visit, port, "en")
        person.open("/signup/")
        shows = visit.page.locator(".password-show").is_visible()
        person.send(name="Noura", email=email, password=PASSWORD)
        visit.page.locator("[name=resend]").click()
        visit.page.locator("[name=resend]").click()
        wait = visit.page.locator(".error-summary").text_content()
        person.send(code=code_for(email))
        person.send(password=PASSWORD)
        person.open("/mfa/")
        person.send(code=totp.current_code(person.key()))
        codes = visit.page.locator(".codes li").all_text_contents()
        with visit.page.expect_download() as download:
            visit.page.locator("[download]").click()
        file = download.value.path().read_text()
        buttons = visit.page.locator("[data-copies], [data-prints]")
        hidden = [one.is_visible() for one in buttons.all()]
        visit.page.locator(".site-header form button").click()
        person.send(email=email, password=PASSWORD)
        person.send(code=codes[0].strip())
        person.open("/account/")
        devices = visit.page.locator(".row-action").count()
        visit.page.locator(".account-part form .button-quiet").click()
        return shows, wait, codes, file, hidden, devices, visit.page.url

    shows, wait, codes, file, hidden, devices, ended = chromium.run(
        enter, locale="en", java_script_enabled=False
    )

    assert shows is False
    assert "Please wait" in wait
    assert all(code.strip() in file for code in codes)
    assert hidden == [False, False]
    assert devices == 1
    assert ended == address(port, "app", "/login/")


def test_what_a_script_adds(real_db, chromium, port):
    email = new_address()

    def look(visit):
        page, person = visit.page, Person(visit, port, "en")
        person.open("/signup/")
        page.fill("[name=password]", PASSWORD)
        page.locator(".password-show").click()
        shown = page.get_attribute("[name=password]", "type")
        pressed = page.get_attribute(".password-show", "aria-pressed")
        person.send(name="Noura", email=email)
        button = page.locator("[name=resend]")
        waiting = button.is_disabled(), button.text_content()
        page.evaluate("const then = Date.now() + 60000; Date.now = () => then")
        page.wait_for_selector("[name=resend]:enabled")
        person.send(code=code_for(email))
        person.send(password=PASSWORD)
        person.open("/mfa/")
        person.send(code=totp.current_code(person.key()))
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy").click()
        page.wait_for_selector("text=Copied")
        copied = page.evaluate("navigator.clipboard.readText()")
        return shown, pressed, waiting, copied.splitlines(), visit.complaints

    shown, pressed, (disabled, label), copied, complaints = chromium.run(look, locale="en")

    assert (shown, pressed) == ("text", "true")
    assert disabled
    assert "Send another code 0:" in " ".join(label.split())
    assert len(copied) == 10
    assert complaints == []
