"""Logging in and out on `app.` and `admin.`, and sessions that stay where they were opened."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from tenants import scopes
from tenants.domain.tenants import get_or_create_user
from tenants.gateways.sessions import SessionStore
from tenants.identity.embedded import totp
from tenants.identity.embedded.engine import make_account_ready

PASSWORD = "a-long-enough-password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
COOKIE = settings.SESSION_COOKIE_NAME
WRONG = "The e-mail address or the password is not right."


@pytest.fixture
def person(real_db):
    """Makes a committed person with a password."""

    def make(**fields):
        with scopes.public():
            made = get_or_create_user(f"P-{uuid4().hex[:8]}@example.com")
            for name, value in fields.items():
                setattr(made, name, value)
            make_account_ready(made, PASSWORD)
        return made

    return make


def log_in(client, email, password=PASSWORD, **fields):
    return client.post("/login/", {"email": email, "password": password, **fields})


def log_in_to_admin(client, email, *, offset=0):
    """Both steps; each code is good once, so a second log-in takes the `offset` of the next."""
    asked = client.post("/login/?next=/", {"email": email, "password": PASSWORD})
    assert asked.headers["Location"] == "/mfa/"
    return client.post("/mfa/", {"code": totp.current_code(SECRET, offset=offset)})


@pytest.fixture
def operator(person):
    """Makes a committed super admin with a second factor."""

    def make():
        made = person(is_superuser=True, mfa_enabled_at=timezone.now())
        with scopes.public():
            totp.enrol(made, SECRET)
        return made

    return make


@pytest.mark.parametrize("change", [str, str.upper])
def test_the_right_password_opens_a_session(at, person, change):
    client, who = at("app"), person()

    response = log_in(client, change(who.email))

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    cookie = client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["domain"]) == (True, "Lax", "")
    assert client.get("/tenants/").status_code == 200


def test_a_wrong_password_an_unknown_person_and_an_inactive_one_are_answered_alike(at, person):
    emails = [person().email, f"{uuid4().hex[:8]}@example.com", person(is_active=False).email]
    answers = []
    for email, password in zip(emails, ["wrong", PASSWORD, PASSWORD], strict=True):
        client = at("app", **{"accept-language": "en"})
        response = log_in(client, email, password)
        answers.append(response.text.replace(email, "…").partition("csrfmiddlewaretoken")[0])
        assert response.status_code == 400
        assert WRONG in response.text
        assert f'value="{email}"' in response.text
        assert PASSWORD not in response.text
        assert COOKIE not in client.cookies

    assert len(set(answers)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"email": "", "password": ""},
        {"email": "no address", "password": "x"},
        {"email": "a\x00@example.com", "password": "x"},
        {"email": "a@example.com", "password": "x\x00"},
        {"email": "a" * 300 + "@example.com", "password": "x"},
        {"email": "a@example.com", "password": "x" * 129},
    ],
)
def test_what_can_be_no_log_in_is_told_at_its_field(real_db, at, fields):
    client = at("app", **{"accept-language": "en"})

    response = client.post("/login/", fields)

    assert response.status_code == 400
    assert "error-summary" in response.text
    assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("/oud-house/orders/?status=pending", "/oud-house/orders/?status=pending"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http://admin.localhost/", "/"),
        ("", "/"),
    ],
)
def test_the_page_that_was_asked_for_is_kept_if_it_is_ours(at, person, asked, target):
    client, who = at("app"), person()

    page = client.get("/login/", {"next": asked})
    wrong = log_in(client, who.email, "wrong", next=asked)
    right = log_in(client, who.email, next=asked)

    for shown in (page, wrong):
        assert f'name="next" value="{target}"' in shown.text
    assert right.headers["Location"] == target
    assert client.get("/login/", {"next": asked}).headers["Location"] == target


def test_a_dashboard_leads_to_log_in_and_back(at):
    response = at("app").get("/oud-house/orders/?search=a b")

    assert response.status_code == 302
    assert response.headers["Location"] == "/login/?next=/oud-house/orders/%3Fsearch%3Da%2520b"


def test_the_eleventh_attempt_has_to_wait(at, person):
    who = person()
    for attempt in range(10):
        email = who.email.upper() if attempt % 2 else f" {who.email}"
        assert log_in(at("app"), email, "wrong").status_code == 400

    response = log_in(at("app"), who.email)

    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 300
    assert COOKIE not in response.cookies
    assert log_in(at("admin"), who.email).status_code == 429
    assert log_in(at("app"), person().email).status_code == 302


def test_the_session_key_is_new_after_log_in(at, person):
    client, who = at("app"), person()
    planted = client.session.session_key

    log_in(client, who.email)

    assert client.cookies[COOKIE].value != planted
    with scopes.public():
        assert not Session.objects.filter(session_key=planted).exists()


def test_log_out_is_a_post_and_ends_the_session(at, person):
    client, who = at("app"), person()
    log_in(client, who.email)
    key = client.cookies[COOKIE].value

    assert client.get("/logout/").status_code == 405
    assert client.get("/tenants/").status_code == 200
    assert client.post("/logout/").headers["Location"] == "/login/"
    client.cookies[COOKIE] = key
    assert client.get("/tenants/").headers["Location"] == "/login/?next=/tenants/"


def test_logging_in_and_out_needs_the_forms_token(real_db, at):
    for path in ("/login/", "/logout/"):
        client = at("app")
        client.handler.enforce_csrf_checks = True
        assert client.post(path).status_code == 403


def test_a_session_opens_no_other_surface(at, operator):
    """Not even for a super admin, who may log in to both."""
    who = operator()
    app, admin = at("app"), at("admin")
    log_in_to_admin(app, who.email)
    assert log_in_to_admin(admin, who.email, offset=1).status_code == 302
    of_app, of_admin = app.cookies[COOKIE].value, admin.cookies[COOKIE].value
    assert (app.get("/tenants/").status_code, admin.get("/").status_code) == (200, 200)

    app.cookies[COOKIE], admin.cookies[COOKIE] = of_admin, of_app

    assert app.get("/tenants/").headers["Location"] == "/login/?next=/tenants/"
    assert admin.get("/").headers["Location"] == "/login/?next=/"
    # Nor did carrying them there end them where they belong.
    app.cookies[COOKIE], admin.cookies[COOKIE] = of_app, of_admin
    assert (app.get("/tenants/").status_code, admin.get("/").status_code) == (200, 200)


def test_logging_in_with_a_foreign_sessions_cookie_leaves_that_session_alone(at, operator):
    who = operator()
    app, admin = at("app"), at("admin")
    log_in_to_admin(app, who.email)
    of_app = app.cookies[COOKIE].value

    admin.cookies[COOKIE] = of_app
    log_in_to_admin(admin, who.email, offset=1)

    assert admin.cookies[COOKIE].value != of_app
    assert app.get("/tenants/").status_code == 200


def test_a_session_without_a_surface_opens_nothing(at, person):
    client, who = at("app"), person()
    log_in(client, who.email)
    with scopes.public():
        session = Session.objects.get(session_key=client.cookies[COOKIE].value)
        data = session.get_decoded()
        assert data.pop("surface") == "app"
        session.session_data = super(SessionStore, SessionStore()).encode(data)
        session.save()

    assert client.get("/tenants/").status_code == 302


def test_a_shut_out_person_is_out_at_once(at, person):
    client, who = at("app"), person()
    log_in(client, who.email)
    with scopes.public():
        who.is_active = False
        who.save(update_fields=["is_active"])

    assert client.get("/tenants/").status_code == 302


@pytest.mark.parametrize(("label", "leads"), [("app", True), ("admin", False)])
def test_the_log_in_page_leads_nowhere_that_is_not_there(real_db, at, label, leads):
    page = at(label).get("/login/?next=/tenants/").text

    assert ("/forgot/?next=%2Ftenants%2F" in page) is leads
    assert ("/signup/?next=%2Ftenants%2F" in page) is leads


def test_the_operators_panel_lets_a_super_admin_in(at, operator):
    client = at("admin")

    assert log_in_to_admin(client, operator().email).headers["Location"] == "/"
    assert client.get("/").status_code == 200


def test_the_operators_panel_knows_nobody_else(at, person):
    client = at("admin", **{"accept-language": "en"})

    response = log_in(client, person().email)

    assert (response.status_code, WRONG in response.text) == (400, True)
    assert client.get("/").status_code == 302


def test_the_operators_panel_asks_for_a_second_factor(at, person):
    client = at("admin", accept="application/json")

    response = log_in(client, person(is_superuser=True).email)

    assert (response.status_code, response.json()["code"]) == (403, "mfa_required")
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("letters", [("s", "ſ"), ("i", "ı"), ("S", "ſ")])
def test_a_letter_that_only_resembles_is_another_address(at, person, letters):
    """Else each such letter would be another account to the limit, and the same one to the log-in."""
    email = f"simin-{uuid4().hex[:8]}@example.com"
    person(email=email)

    response = log_in(at("app"), email.replace(*letters))

    assert (response.status_code == 302) is (letters[0] == "S")


def test_the_operators_panel_closes_with_the_second_factor(at, operator):
    client, who = at("admin"), operator()
    log_in_to_admin(client, who.email)
    assert client.get("/").status_code == 200
    with scopes.public():
        who.mfa_enabled_at = None
        who.save(update_fields=["mfa_enabled_at"])

    assert client.get("/").status_code == 302
