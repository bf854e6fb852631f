"""A person's account: name and language, address, logins."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from tenants import scopes
from tenants.domain.devices import device_in_words
from tenants.domain.logins import open_login
from tenants.enums import LoginKind, Surface
from tenants.models import AuditEntry, Login, User
from tests.look.test_arabic_pages import latin_words
from tests.tenants.people import PASSWORD, log_in, mailed_code, mails_to, new_address, new_person

pytestmark = pytest.mark.usefixtures("real_db")
PAGES = ["/account/", "/account/email/", "/account/password/", "/mfa/codes/", "/mfa/off/"]
CHROME = "Mozilla/5.0 (Linux; Android 14; Pixel) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


@pytest.fixture
def who():
    return new_person(language="en")


@pytest.fixture
def client(at, who):
    client = at("app", **{"accept-language": "en"})
    log_in(client, who.email)
    return client


def logins_of(user):
    with scopes.public():
        return list(Login.objects.filter(user=user, ended_at=None).order_by("created_at"))


@pytest.mark.parametrize("path", [*PAGES, "/account/email/code/"])
def test_a_stranger_logs_in_first(at, path):
    assert at("app").get(path).headers["Location"] == f"/login/?next={path}"


@pytest.mark.parametrize("path", ["/account/logins/end/", f"/account/logins/{UUID(int=1)}/end/"])
def test_a_stranger_ends_no_login(at, client, who, path):
    assert at("app").post(path).headers["Location"].startswith("/login/")
    assert client.get(path).status_code == 405
    assert len(logins_of(who)) == 1


@pytest.mark.parametrize("path", PAGES[:3])
def test_no_page_is_kept(client, path):
    assert "no-store" in client.get(path).headers["Cache-Control"]


def test_the_account_is_reached_from_everywhere(at):
    client = at("app")
    with scopes.public():
        client.force_login(User.objects.get(email="both@souqna.example"))

    for path in ("/tenants/", "/oud-house/", "/oud-house/items/"):
        assert 'href="/account/"' in client.get(path).text


def test_name_and_language_are_changed(client, who):
    response = client.post("/account/", {"name": "  Noura \n S ", "language": "ar"})

    assert response.headers["Location"] == "/account/"
    assert response.cookies["language"].value == "ar"
    shown = client.get("/account/").text
    assert "حُفظت التغييرات." in shown
    assert 'value="Noura S"' in shown
    with scopes.public():
        who.refresh_from_db()
    assert (who.name, who.language) == ("Noura S", "ar")
    with scopes.platform():
        assert AuditEntry.objects.filter(actor_id=who.id, action="person.profile_changed").exists()


@pytest.mark.parametrize("fields", [{"language": "fr"}, {"name": "x" * 121, "language": "ar"}, {}])
def test_what_can_be_no_profile_is_refused(client, who, fields):
    assert client.post("/account/", fields).status_code == 400
    with scopes.public():
        who.refresh_from_db()
    assert (who.name, who.language) == ("", "en")


def test_a_new_address_is_proved_and_the_old_one_told(at, client, who):
    elsewhere, new, old = at("app"), new_address(), who.email
    log_in(elsewhere, old)

    asked = client.post("/account/email/", {"email": new, "current": PASSWORD})
    assert asked.headers["Location"] == "/account/email/code/"
    assert new in client.get("/account/email/code/").text
    assert client.post("/account/email/code/", {"code": "000000"}).status_code == 400
    assert elsewhere.get("/account/").status_code == 200
    done = client.post("/account/email/code/", {"code": mailed_code(new)})

    assert done.headers["Location"] == "/account/"
    shown = client.get("/account/").text
    assert new in shown
    assert "Your new address counts." in shown
    assert elsewhere.get("/account/").status_code == 302
    assert mails_to(old)[0].subject == "Your e-mail address was changed"
    assert log_in(at("app"), old).status_code == 400
    assert log_in(at("app"), new).status_code == 302
    assert client.get("/account/email/code/").headers["Location"] == "/account/email/"


def test_a_taken_address_is_answered_like_a_free_one(at, client):
    taken = new_person(language="en").email
    for email in (taken, new_address()):
        asked = client.post("/account/email/", {"email": email, "current": PASSWORD})
        assert asked.headers["Location"] == "/account/email/code/"
        assert client.post("/account/email/code/", {"code": "000000"}).status_code == 400
    assert mails_to(taken)[0].subject == "You have a Souqna account already"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"current": "wrong"}, "The password is not right."),
        ({"email": "nobody", "current": PASSWORD}, "valid email"),
        ({"email": "", "current": PASSWORD}, "required"),
    ],
)
def test_a_refused_address_changes_nothing(client, who, fields, error):
    new = new_address()

    response = client.post("/account/email/", {"email": new, **fields})

    assert (response.status_code, error in response.text) == (400, True)
    assert mails_to(new) == mails_to(who.email) == []
    assert client.get("/account/email/code/").status_code == 302


def test_the_own_address_is_no_new_one(client, who):
    fields = {"email": who.email.upper(), "current": PASSWORD}

    assert "This is your address already." in client.post("/account/email/", fields).text


def test_a_login_that_is_ended_elsewhere_is_over_at_the_next_request(at, client, who):
    elsewhere = at("app", **{"user-agent": CHROME})
    log_in(elsewhere, who.email)
    here, there = logins_of(who)
    shown = client.get("/account/").text
    assert "Chrome on Android" in shown
    assert shown.count("This device") == 1

    done = client.post(f"/account/logins/{there.id}/end/")

    assert done.headers["Location"] == "/account/"
    assert "That device is logged out." in client.get("/account/").text
    assert elsewhere.get("/account/").headers["Location"] == "/login/?next=/account/"
    assert [one.id for one in logins_of(who)] == [here.id]


def test_ending_this_login_logs_out_here(client, who):
    (here,) = logins_of(who)

    assert client.post(f"/account/logins/{here.id}/end/").headers["Location"] == "/login/"
    assert client.get("/account/").status_code == 302
    assert logins_of(who) == []


def test_nobody_ends_another_persons_login(at, client, who):
    other = at("app")
    log_in(other, new_person().email)
    with scopes.public():
        theirs = Login.objects.exclude(user=who).latest("created_at")

    answer = client.post(f"/account/logins/{theirs.id}/end/")

    assert answer.status_code == client.post(f"/account/logins/{uuid4()}/end/").status_code == 302
    assert other.get("/account/").status_code == 200


def test_logging_out_everywhere_means_here_too(at, client, who):
    elsewhere = at("app")
    log_in(elsewhere, who.email)

    assert client.post("/account/logins/end/").headers["Location"] == "/login/"

    assert "You are logged out everywhere." in client.get("/login/").text
    assert client.get("/account/").status_code == elsewhere.get("/account/").status_code == 302
    assert log_in(client, who.email).status_code == 302
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_however_many_logins(client, who, count):
    with scopes.public():
        for number in range(count):
            open_login(
                user=who,
                kind=LoginKind.API,
                surface=Surface.APP,
                has_mfa=False,
                engine_token="",
                user_agent="curl/8",
                now=timezone.now() - timedelta(hours=number),
            )

    with CaptureQueriesContext(connection) as queries:
        shown = client.get("/account/").text

    assert shown.count("A program") == count
    assert len(queries) == 3  # session, login with person, logins


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome on Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Firefox/140.0", "Firefox on Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36 OPR/9", "Opera on Linux"),
        ("Something (Android)", "Android"),
        ("curl/8.1", "An unknown device"),
        ("", "An unknown device"),
    ],
)
def test_a_device_is_told_in_words(agent, words):
    assert device_in_words(agent) == words
    with override("ar"):
        assert not set("abcdefghijklmnopqrstuvwxyz") & set(device_in_words(agent).lower())


def test_every_step_is_arabic(at, who):
    client = at("app", **{"accept-language": "ar", "user-agent": CHROME})
    log_in(client, who.email)
    client.post("/account/email/", {"email": new_address(), "current": PASSWORD})

    for path in ("/account/", "/account/email/", "/account/email/code/"):
        assert latin_words(client.get(path).text) == set()
    weak = [("x", "x"), (PASSWORD, "x"), (PASSWORD, "password"), (PASSWORD, who.email), ("", "")]
    for current, password in weak:
        refused = client.post("/account/password/", {"current": current, "password": password})
        assert refused.status_code == 400
        assert latin_words(refused.text) == set()
