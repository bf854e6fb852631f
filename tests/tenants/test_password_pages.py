"""A password that was forgotten, and one that is changed."""

import pytest

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
NEW = "quite another password"


@pytest.fixture
def client(at):
    return at("app", **{"accept-language": "en"})


def test_a_new_password_by_a_code_ends_every_login(at, client):
    who, elsewhere = new_person(), at("app")
    log_in(elsewhere, who.email)
    assert elsewhere.get("/account/").status_code == 200

    asked = client.post("/forgot/", {"email": who.email, "next": "/tenants/"})
    assert asked.headers["Location"] == "/reset/?next=%2Ftenants%2F"
    assert f'value="{who.email}"' in client.get("/reset/").text
    fields = {"email": who.email, "code": arabic(mailed_code(who.email)), "password": NEW}
    done = client.post("/reset/", {**fields, "next": "/tenants/"})

    assert done.headers["Location"] == "/login/?next=%2Ftenants%2F"
    shown = client.get(done.headers["Location"]).text
    assert "Your new password is set." in shown
    assert f'value="{who.email}"' in shown
    assert elsewhere.get("/account/").headers["Location"] == "/login/?next=/account/"
    assert log_in(client, who.email).status_code == 400
    assert log_in(client, who.email, NEW).status_code == 302
    assert mails_to(who.email)[0].subject == "تغيّرت كلمة مرورك"


def test_an_address_that_nobody_has_is_answered_alike(at):
    answers = []
    emails = [new_person().email, new_address(), new_person(is_active=False).email]
    for email in emails:
        client = at("app", **{"accept-language": "en"})
        asked = client.post("/forgot/", {"email": email})
        shown = client.get("/reset/")
        wrong = client.post("/reset/", {"email": email, "code": "000000", "password": NEW})
        weak = client.post("/reset/", {"email": email, "code": "000000", "password": "x"})
        answers.append([(one.status_code, said(one, email)) for one in (asked, shown, wrong, weak)])

    assert answers[0] == answers[1] == answers[2]
    assert [status for status, _ in answers[0]] == [302, 200, 400, 400]
    assert [len(mails_to(email)) for email in emails] == [1, 0, 0]


def test_the_code_outlasts_a_password_that_is_no_good(client):
    who = new_person()
    client.post("/forgot/", {"email": who.email})
    code = mailed_code(who.email)

    weak = client.post("/reset/", {"email": who.email, "code": code, "password": "password123"})

    assert (weak.status_code, "too common" in weak.text) == (400, True)
    assert f'value="{code}"' in weak.text
    fields = {"email": who.email, "code": code, "password": NEW}
    assert client.post("/reset/", fields).status_code == 302


def test_the_eleventh_mail_has_to_wait(client):
    email = new_address()
    for _ in range(10):
        assert client.post("/forgot/", {"email": email}).status_code == 302

    response = client.post("/forgot/", {"email": email})

    assert response.status_code == 429
    assert "That was too often. Please wait" in response.text
    assert f'value="{email}"' in response.text


def test_a_changed_password_ends_the_other_logins(at, client):
    who, elsewhere = new_person(language="en"), at("app")
    log_in(elsewhere, who.email)
    log_in(client, who.email)

    done = client.post("/account/password/", {"current": PASSWORD, "password": NEW})

    assert done.headers["Location"] == "/account/"
    assert "Your password is changed." in client.get("/account/").text
    assert elsewhere.get("/account/").status_code == 302
    assert log_in(elsewhere, who.email, NEW).headers["Location"] == "/"
    assert mails_to(who.email)[0].subject == "Your password was changed"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"current": "wrong", "password": NEW}, "The password is not right."),
        ({"current": PASSWORD, "password": "short"}, "too short"),
        ({"current": PASSWORD}, "required"),
    ],
)
def test_a_refused_change_changes_nothing(at, client, fields, error):
    who = new_person()
    elsewhere = at("app")
    for one in (client, elsewhere):
        log_in(one, who.email)

    response = client.post("/account/password/", fields)

    assert (response.status_code, error in response.text) == (400, True)
    assert NEW not in response.text
    assert elsewhere.get("/account/").status_code == 200
    assert log_in(at("app"), who.email).status_code == 302
    assert mails_to(who.email) == []
