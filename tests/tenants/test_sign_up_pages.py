"""From sign-up over the code to log-in, on pages."""

import pytest
from django.utils import timezone

from tenants import scopes
from tenants.models import OneTimeCode, User
from tests.tenants.people import (
    PASSWORD,
    arabic,
    log_in,
    mailed_code,
    mails_to,
    new_address,
    new_person,
    said,
)

pytestmark = pytest.mark.usefixtures("real_db")
GOAL = "/invitations/abc/?x=1"
CARRIED = "?next=%2Finvitations%2Fabc%2F%3Fx%3D1"


@pytest.fixture
def client(at):
    return at("app", **{"accept-language": "en"})


def sign_up(client, email, **fields):
    asked = {"name": "Noura", "email": email, "password": PASSWORD, **fields}
    return client.post("/signup/", asked)


def test_the_way_in_keeps_where_somebody_was_going(client):
    email = new_address()
    page = client.get(f"/signup/?email={email}&next={GOAL}").text
    assert f'value="{email}"' in page
    assert f'name="next" value="{GOAL}"' in page
    assert sign_up(client, email, next=GOAL).headers["Location"] == f"/verify/{CARRIED}"

    page = client.get(f"/verify/{CARRIED}").text
    assert email in page
    assert f'name="next" value="{GOAL}"' in page
    code = {"email": email, "code": arabic(mailed_code(email)), "next": GOAL}
    assert client.post("/verify/", code).headers["Location"] == f"/login/{CARRIED}"

    page = client.get(f"/login/{CARRIED}").text
    assert "Your address is confirmed." in page
    assert f'value="{email}"' in page
    assert log_in(client, email, next=GOAL).headers["Location"] == GOAL
    with scopes.public():
        made = User.objects.get(email=email)
    assert (made.name, made.language) == ("Noura", "en")


@pytest.mark.parametrize("path", ["/signup/", "/verify/", "/forgot/", "/reset/", "/login/"])
@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_carried_to_another_host(client, path, page):
    shown = client.get(path, {"next": page}).text

    assert "evil.example" not in shown.replace("language/?", "").partition("<main")[2]
    assert 'name="next" value="/"' in shown


def test_the_account_speaks_the_pages_language(at):
    client, email = at("app", **{"accept-language": "ar"}), new_address()

    sign_up(client, email)

    assert "رمز" in mails_to(email)[0].subject


def test_a_known_address_is_answered_like_an_unknown_one(at):
    answers, emails = [], [new_person().email, new_address()]
    for email in emails:
        client = at("app", **{"accept-language": "en"})
        sent = sign_up(client, email)
        shown = client.get("/verify/")
        wrong = client.post("/verify/", {"email": email, "code": "000000"})
        again = client.post("/verify/", {"email": email, "resend": "1"})
        soon = client.post("/verify/", {"email": email, "resend": "1"})
        answers.append(
            [(one.status_code, said(one, email)) for one in (sent, shown, wrong, again, soon)]
        )

    assert answers[0] == answers[1]
    assert [status for status, _ in answers[0]] == [302, 200, 400, 302, 429]
    assert "You have a Souqna account already" in {mail.subject for mail in mails_to(emails[0])}


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"password": "short"}, "too short"),
        ({"password": "x" * 257}, "at most 256"),
        ({"password": ""}, "required"),
        ({"email": "nobody"}, "valid email"),
        ({"name": " \u2066 "}, "required"),
        ({"name": "a\x00b"}, "Null characters"),
    ],
)
def test_a_refusal_keeps_what_was_typed_but_the_password(client, fields, error):
    email = new_address()

    response = sign_up(client, **{"email": email, "name": "Noura", **fields})

    assert (response.status_code, error in response.text) == (400, True)
    kept = {"email": email, "name": "Noura", **fields}
    if "name" not in fields:
        assert f'value="{kept["name"]}"' in response.text
    assert f'value="{kept["email"]}"' in response.text
    assert PASSWORD not in response.text
    with scopes.public():
        assert not OneTimeCode.objects.filter(email=email).exists()


def test_a_password_of_two_hundred_characters_is_one(client):
    email, password = new_address(), "x y" * 66 + "zz"
    sign_up(client, email, password=password)
    client.post("/verify/", {"email": email, "code": mailed_code(email)})

    assert log_in(client, email, password).status_code == 302
    assert len(password) == 200


def test_a_wrong_code_stays_on_the_page_and_a_used_one_is_no_good(client):
    email = new_address()
    sign_up(client, email)
    right = {"email": email, "code": mailed_code(email)}

    wrong = client.post("/verify/", {"email": email, "code": "123"})
    assert (wrong.status_code, "wrong or has expired" in wrong.text) == (400, True)
    assert 'value="123"' in wrong.text
    assert client.post("/verify/", right).status_code == 302
    assert client.post("/verify/", right).status_code == 400


def test_another_code_is_sent_and_again_only_after_a_while(client):
    email = new_address()
    sign_up(client, email)
    first = mailed_code(email)

    asked = {"email": email, "code": "12", "resend": "1"}
    assert client.post("/verify/", asked).headers["Location"] == "/verify/"
    shown = client.get("/verify/").text
    assert "Another code is on its way." in shown
    assert 'data-wait="' in shown
    refused = client.post("/verify/", asked)

    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 30
    assert f"Please wait {refused.headers['Retry-After']} second" in refused.text
    assert 'value="12"' in refused.text
    assert len(mails_to(email)) == 2
    assert client.post("/verify/", {"email": email, "code": first}).status_code == 302


def test_whoever_comes_without_an_address_types_it(client):
    email = new_address()
    linked = client.get("/verify/", {"email": email}).text
    assert f'type="email" name="email" value="{email}"' in linked
    assert 'type="hidden" name="email"' not in linked
    sign_up(client, email)
    assert 'type="hidden" name="email"' in client.get("/verify/").text


def test_signing_up_and_logging_in_does_not_tell_whose_address_it_is(at):
    known, unknown = new_person().email, new_address()
    answers = []
    for email in (known, unknown):
        browser = at("app", **{"accept-language": "en"})
        sign_up(browser, email)
        answer = log_in(browser, email, "the password of whoever asks")
        text = answer.text.replace(email, "…").partition("csrfmiddlewaretoken")[0]
        answers.append((answer.status_code, text, "/verify/" in answer.text))

    assert answers[0] == answers[1]
    assert answers[0][0] == 400


def test_an_unconfirmed_address_is_confirmed_on_the_way_that_the_log_in_page_shows(at):
    email, browser = new_address(), at("app")
    sign_up(browser, email)
    client = at("app", **{"accept-language": "en"})

    assert log_in(client, email, next=GOAL).status_code == 400
    code = {"email": email, "code": mailed_code(email)}
    assert client.post("/verify/", code).status_code == 302
    assert log_in(client, email).headers["Location"] == "/"


def test_whoever_comes_back_after_the_code_has_expired_gets_another(at):
    email = new_address()
    sign_up(at("app"), email)
    with scopes.public():
        OneTimeCode.objects.filter(email=email).update(expires_at=timezone.now())
    client = at("app")

    assert client.post("/verify/", {"email": email, "resend": "1"}).status_code == 302
    code = {"email": email, "code": mailed_code(email)}
    assert client.post("/verify/", code).status_code == 302
    assert log_in(client, email).headers["Location"] == "/"


def test_a_contested_address_is_told_to_choose_a_password(at):
    email, browser = new_address(), at("app", **{"accept-language": "en"})
    sign_up(browser, email)
    sign_up(at("app"), email, password="a stranger's own choice")

    confirmed = browser.post("/verify/", {"email": email, "code": mailed_code(email)})

    assert confirmed.headers["Location"].startswith("/forgot/")
    assert log_in(at("app"), email).status_code == 400
    assert log_in(at("app"), email, "a stranger's own choice").status_code == 400


def test_the_operators_panel_knows_no_unconfirmed_address(at):
    email = new_address()
    sign_up(at("app"), email)

    assert log_in(at("admin"), email).status_code == 400


def test_a_limit_keeps_the_form(at):
    email = new_address()
    for _ in range(10):
        assert at("app").post("/verify/", {"email": email, "code": "1"}).status_code == 400
    client = at("app", **{"accept-language": "en"})

    response = client.post("/verify/", {"email": email, "code": "654321"})

    assert response.status_code == 429
    assert "Please wait 5 minutes" in response.text
    assert 'value="654321"' in response.text
    assert f'value="{email}"' in response.text


def test_who_is_logged_in_goes_on(client):
    client.force_login(new_person())

    for path in ("/signup/", "/verify/", "/login/"):
        assert client.get(path, {"next": "/tenants/"}).headers["Location"] == "/tenants/"


@pytest.mark.parametrize("path", ["/signup/", "/verify/", "/login/", "/forgot/", "/reset/"])
def test_no_page_is_kept_and_password_managers_know_the_fields(client, path):
    response = client.get(path)

    assert "no-store" in response.headers["Cache-Control"]
    assert 'autocomplete="username"' in response.text
    wanted = {
        "/signup/": "new-password",
        "/login/": "current-password",
        "/reset/": "new-password",
        "/verify/": "one-time-code",
    }
    assert wanted.get(path, "username") in response.text


@pytest.mark.parametrize("path", ["/signup/", "/verify/", "/login/", "/forgot/", "/reset/"])
def test_every_form_needs_its_token(at, path):
    client = at("app")
    client.handler.enforce_csrf_checks = True

    assert client.post(path, {"email": new_address()}).status_code == 403
