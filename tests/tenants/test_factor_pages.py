"""Two-step verification on pages: set up, used, renewed, turned off."""

import re
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from tenants import scopes
from tenants.enums import MfaPolicy
from tenants.identity.embedded import totp
from tenants.models import Tenant, TenantMember
from tenants.queries.hosts import forget_hosts
from tests.look.test_arabic_pages import latin_words
from tests.tenants.people import PASSWORD, arabic, log_in, mails_to, new_person

pytestmark = pytest.mark.usefixtures("real_db")
GROUPS = re.compile(r"<span>([A-Z2-7]{1,4})</span>")
CODES = re.compile(r'<bdi dir="ltr">(\d{4} \d{4})</bdi>')


@pytest.fixture
def who():
    return new_person(language="en")


@pytest.fixture
def client(at, who):
    client = at("app", **{"accept-language": "en"})
    log_in(client, who.email)
    return client


def key_on(page):
    return "".join(GROUPS.findall(page))


def turn_on(client, path="/mfa/"):
    """Set it up; returns the secret and the page of the recovery codes."""
    secret = key_on(client.get(path).text)
    return secret, client.post(path, {"code": totp.current_code(secret)})


def asks(tenant, user, policy=MfaPolicy.EVERYONE):
    with scopes.public():
        Tenant.objects.filter(id=tenant.id).update(mfa_policy=policy)
    forget_hosts()
    with scopes.tenant(tenant.id):
        TenantMember.objects.get_or_create(tenant=tenant, user=user, defaults={"role": "staff"})


def test_the_picture_and_the_key_say_the_same_and_stay(client):
    page = client.get("/mfa/").text

    secret = key_on(page)
    assert len(secret) == 32
    assert f"secret={secret}" in page
    assert "<svg" in page
    assert "<?xml" not in page
    assert "style=" not in page
    assert key_on(client.get("/mfa/").text) == secret
    wrong = client.post("/mfa/", {"code": "000000"})
    assert (wrong.status_code, key_on(wrong.text)) == (400, secret)
    session_key = client.cookies[settings.SESSION_COOKIE_NAME].value
    with scopes.public():
        kept = Session.objects.get(session_key=session_key).get_decoded()
    assert secret not in str(kept)


def test_turning_it_on_ends_the_other_logins_and_shows_the_codes_once(at, client, who):
    elsewhere = at("app")
    log_in(elsewhere, who.email)

    _, shown = turn_on(client)

    codes = CODES.findall(shown.text)
    assert len(set(codes)) == 10
    file = re.search(r'href="(data:text/plain[^"]+)"', shown.text)[1]
    assert all(code in unquote(file) for code in codes)
    assert "no-store" in shown.headers["Cache-Control"]
    assert elsewhere.get("/account/").status_code == 302
    state = client.get("/mfa/").text
    assert "You have 10 recovery codes left." in state
    assert codes[0] not in state
    assert client.post("/mfa/", {"code": "1"}).headers["Location"] == "/mfa/"
    assert mails_to(who.email)[0].subject == "Two-step verification is on"


def test_logging_in_then_takes_a_code_in_any_digits(at, client, who):
    secret, _ = turn_on(client)
    browser = at("app", **{"accept-language": "en"})

    asked = log_in(browser, who.email, next="/account/")
    assert asked.headers["Location"] == "/mfa/"
    wrong = browser.post("/mfa/", {"code": "000000"})
    assert (wrong.status_code, "wrong or has expired" in wrong.text) == (400, True)
    code = arabic(totp.current_code(secret, offset=1))
    assert browser.post("/mfa/", {"code": code}).headers["Location"] == "/account/"
    assert browser.get("/account/").status_code == 200


def test_a_recovery_code_serves_once(at, client, who):
    _, shown = turn_on(client)
    code = CODES.findall(shown.text)[4]

    for status in (302, 400):
        browser = at("app")
        log_in(browser, who.email)
        assert browser.post("/mfa/", {"code": code}).status_code == status

    assert "You have 9 recovery codes left." in client.get("/mfa/").text
    assert mails_to(who.email)[0].subject == "A recovery code was used"


def test_the_eleventh_code_has_to_wait_and_the_form_stays(at, client, who):
    turn_on(client)
    browser = at("app", **{"accept-language": "en"})
    log_in(browser, who.email)
    answers = [browser.post("/mfa/", {"code": "000000"}) for _ in range(10)]

    assert answers[-1].status_code == 429
    assert "Please wait 5 minutes" in answers[-1].text
    assert 'value="000000"' in answers[-1].text


def test_a_challenge_that_is_void_leads_back_to_log_in(at, client, who):
    turn_on(client)
    browser = at("app", **{"accept-language": "en"})
    log_in(browser, who.email, next="/account/")
    client.post("/account/password/", {"current": PASSWORD, "password": "quite another one"})

    answer = browser.post("/mfa/", {"code": "123456"})

    assert answer.headers["Location"] == "/login/?next=%2Faccount%2F"
    assert "That took too long." in browser.get("/login/").text
    assert browser.get("/mfa/").headers["Location"] == "/login/?next=/mfa/"


def test_new_codes_replace_the_old_ones(at, client, who):
    _, shown = turn_on(client)
    old = CODES.findall(shown.text)[0]

    assert client.post("/mfa/codes/", {"current": "wrong"}).status_code == 400
    shown = client.post("/mfa/codes/", {"current": PASSWORD})

    new = CODES.findall(shown.text)
    assert (len(new), old in new) == (10, False)
    browser = at("app")
    log_in(browser, who.email)
    assert browser.post("/mfa/", {"code": old}).status_code == 400
    assert browser.post("/mfa/", {"code": new[0]}).status_code == 302


def test_turning_it_off_takes_the_password(at, client, who):
    turn_on(client)

    wrong = client.post("/mfa/off/", {"current": "wrong"})
    assert (wrong.status_code, "The password is not right." in wrong.text) == (400, True)
    assert log_in(at("app"), who.email).headers["Location"] == "/mfa/"
    assert client.post("/mfa/off/", {"current": PASSWORD}).headers["Location"] == "/account/"
    assert "Two-step verification is off." in client.get("/account/").text
    assert log_in(at("app"), who.email).headers["Location"] == "/"
    assert client.get("/mfa/off/").headers["Location"] == "/account/"
    assert client.get("/mfa/codes/").headers["Location"] == "/mfa/"


def test_it_stays_on_where_an_organisation_asks_for_it(at, client, who, tenant_a):
    turn_on(client)
    asks(tenant_a, who)

    page = client.get("/mfa/off/")
    refused = client.post("/mfa/off/", {"current": PASSWORD})

    assert (page.status_code, refused.status_code) == (200, 403)
    for shown in (page.text, refused.text):
        assert "An organisation of yours asks you for it." in shown
        assert tenant_a.name_en in shown
        assert 'name="current"' not in shown
    assert log_in(at("app"), who.email).headers["Location"] == "/mfa/"


def test_who_is_sent_by_an_organisation_goes_on_to_it(client, who, tenant_a):
    asks(tenant_a, who)
    goal = f"/{tenant_a.slug}/orders/"
    sent = client.get(goal).headers["Location"]
    assert sent.startswith("/mfa/?")

    assert f"{tenant_a.name_en} asks its team" in client.get(sent).text
    _, shown = turn_on(client, sent)

    assert f'href="{goal}"' in shown.text
    assert client.get(goal).status_code == 200


def test_nobody_learns_of_organisations_that_are_not_theirs(client, tenant_b):
    for slug in (tenant_b.slug, "no-such-one", "a\x00b"):
        page = client.get("/mfa/", {"for": slug, "next": "//evil.example"}).text
        assert "asks its team" not in page
        assert 'name="next" value="/"' in page


def test_the_operators_panel_has_the_challenge_alone(at, who):
    client = at("admin")
    client.force_login(who)

    assert client.get("/mfa/").headers["Location"] == "/login/"
    assert client.get("/mfa/off/").status_code in (302, 404)
    assert client.get("/account/").status_code in (302, 404)


def test_every_step_is_arabic(at, who):
    client = at("app", **{"accept-language": "ar"})
    log_in(client, who.email)
    secret, shown = turn_on(client)
    pages = [shown, client.get("/mfa/"), client.get("/mfa/codes/"), client.get("/mfa/off/")]
    browser = at("app", **{"accept-language": "ar"})
    log_in(browser, who.email)
    pages += [browser.get("/mfa/"), browser.post("/mfa/", {"code": "1"})]

    assert secret
    for page in pages:
        assert latin_words(page.text) == set()
