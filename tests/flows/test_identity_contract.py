"""What is promised of identity, asked over HTTP of a demo that runs."""

import re
from uuid import uuid4

import pytest

from tenants.identity.embedded.totp import current_code
from tests.flows.conftest import Demo, Person, until

APP = "app.localhost"
STOREFRONT = "oud-house.localhost"
PASSWORD = "a-password-of-my-own"
pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.timeout(180)]


class Program:
    """A program that speaks the identity API for one person."""

    def __init__(self, demo: Demo, email: str = "") -> None:
        self.person: Person = demo.person()
        self.email = email or f"p-{uuid4().hex[:10]}@example.com"
        self.token = self.csrf = ""

    def ask(self, method, path, body=None, **headers):
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.person.ask(method, APP, path, body=body, headers={**sent, **headers})

    def post(self, path, body=None, **headers):
        return self.ask("POST", f"/api/v1/{path}", body if body is not None else {}, **headers)

    def mails(self):
        return self.person.get(APP, f"/mailbox/messages.json?to={self.email}").json()

    def code(self, before=0):
        """The newest code, once more than `before` mails have come."""
        mails = until(lambda: (found := self.mails()) and len(found) > before and found, 40)
        return re.search(r"^(\d{6})$", mails[0]["text"], re.MULTILINE)[1]

    def sign_up(self):
        asked = {"email": self.email, "password": PASSWORD, "name": "Noura", "language": "en"}
        assert self.post("auth/signup/", asked).status == 202
        confirmed = self.post("auth/confirm/", {"email": self.email, "code": self.code()})
        assert (confirmed.status, confirmed.body) == (204, b"")

    def log_in(self, password=PASSWORD):
        self.token = ""
        answer = self.post("auth/login/", {"email": self.email, "password": password})
        if "access_token" in answer.json():
            self.token, self.csrf = answer.json()["access_token"], answer.json()["csrf_token"]
        return answer

    @property
    def refresh_cookie(self):
        return self.person.cookies[APP]["refresh"]


@pytest.fixture
def member(demo):
    program = Program(demo)
    program.sign_up()
    assert program.log_in().status == 200
    return program


def code_of(answer):
    return answer.status, answer.json()["code"]


def test_a_log_in_and_what_it_gives(member):
    granted = member.log_in()

    assert set(granted.json()) == {"access_token", "token_type", "expires_in", "csrf_token"}
    assert granted.json()["token_type"] == "Bearer"
    (cookie,) = granted.headers.get_all("Set-Cookie")
    assert cookie.startswith("refresh=")
    assert {"HttpOnly", "Path=/", "SameSite=Strict"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "Secure" not in cookie  # over plain http curl and Python would drop it
    me = member.ask("GET", "/api/v1/me/").json()
    assert set(me) == {"id", "sub", "email", "name", "mfa", "memberships"}
    assert (me["email"], me["name"], me["mfa"], me["memberships"]) == (
        member.email, "Noura", False, [],
    )  # fmt: skip


def test_refreshing_uses_the_cookie_up_and_ends_where_it_comes_twice(member):
    first = member.refresh_cookie
    csrf = {"X-CSRFToken": member.csrf}
    assert code_of(member.post("auth/refresh/")) == (403, "csrf_failed")
    foreign = {**csrf, "Origin": f"http://{STOREFRONT}:{member.person.port}"}
    assert code_of(member.post("auth/refresh/", **foreign)) == (403, "csrf_failed")
    assert code_of(member.post("auth/logout/", **foreign)) == (403, "csrf_failed")
    ours = {**csrf, "Origin": f"http://{APP}:{member.person.port}"}
    assert member.post("auth/refresh/", **ours).status == 200
    second = member.refresh_cookie
    assert second != first

    member.person.cookies[APP]["refresh"] = first
    assert code_of(member.post("auth/refresh/", **ours)) == (401, "invalid_token")
    member.person.cookies[APP]["refresh"] = second
    assert code_of(member.post("auth/refresh/", **ours)) == (401, "invalid_token")


def test_logging_out(member):
    assert member.post("auth/logout/", **{"X-CSRFToken": member.csrf}).status == 204
    again = member.post("auth/refresh/", **{"X-CSRFToken": member.csrf})
    assert again.status == 401


def test_a_second_factor(member):
    begun = member.post("auth/mfa/totp/").json()
    assert set(begun) == {"secret", "otpauth_url"}
    assert begun["otpauth_url"].startswith("otpauth://totp/")
    wrong = member.post("auth/mfa/totp/confirm/", {"code": "1"})
    assert code_of(wrong) == (400, "invalid")
    done = member.post("auth/mfa/totp/confirm/", {"code": current_code(begun["secret"])})
    assert set(done.json()) == {"recovery_codes"}
    assert member.ask("GET", "/api/v1/me/").json()["mfa"] is True

    asked = member.log_in().json()
    assert (set(asked), asked["challenge"]) == ({"challenge", "challenge_token"}, "totp")
    answer = {"challenge_token": asked["challenge_token"], "code": "000000"}
    assert code_of(member.post("auth/challenge/", answer)) == (401, "invalid_credentials")
    answer["code"] = current_code(begun["secret"], offset=1)
    assert "access_token" in member.post("auth/challenge/", answer).json()


def test_the_super_admins_second_factor_is_the_one_written_down(demo):
    (account,) = (
        one for one in demo.described["accounts"] if one["email"] == "super@souqna.example"
    )
    assert account["totp_secret"] == "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    program = Program(demo, account["email"])
    asked = program.log_in(account["password"]).json()
    answer = {
        "challenge_token": asked["challenge_token"],
        "code": current_code(account["totp_secret"]),
    }
    assert program.post("auth/challenge/", answer).status == 200


def test_a_forgotten_password(member):
    before = len(member.mails())
    assert member.post("auth/forgot/", {"email": member.email}).status == 202
    asked = {"email": member.email, "code": member.code(before), "password": "another-good-one"}
    assert member.post("auth/reset/", {**asked, "code": "000000"}).status == 400
    assert member.post("auth/reset/", asked).status == 204

    assert code_of(member.ask("GET", "/api/v1/me/")) == (401, "invalid_token")
    assert code_of(member.log_in()) == (401, "invalid_credentials")
    assert member.log_in("another-good-one").status == 200


def test_nobody_learns_who_has_an_account(demo, member):
    stranger = Program(demo)
    for path in ("auth/forgot/", "auth/resend/"):
        answers = [each.post(path, {"email": each.email}) for each in (member, stranger)]
        assert [(each.status, each.body) for each in answers] == [(202, b"")] * 2
    known = {"email": member.email, "password": PASSWORD, "name": "N", "language": "ar"}
    assert stranger.post("auth/signup/", known).status == 202
    wrong = [
        stranger.post("auth/login/", {"email": email, "password": "wrong"}).json()
        for email in (member.email, stranger.email)
    ]
    assert wrong[0] == wrong[1]


def test_a_tenant_a_team_and_an_invitation(demo, member):
    slug = f"team-{uuid4().hex[:8]}"
    asked = {"name_ar": "دار التمر", "name_en": "Date House", "slug": slug, "kind": "shop"}
    made = member.post("tenants/", asked)
    assert (made.status, made.json()["slug"]) == (201, slug)
    assert list(member.post("tenants/", {**asked, "slug": "www"}).json()["errors"]) == ["slug"]
    assert member.person.get(f"{slug}.localhost", "/en/").status == 200
    (colleague,) = member.ask("GET", f"/{slug}/api/v1/members/").json()["results"]
    assert colleague["role"] == "owner"
    alone = member.ask("PATCH", f"/{slug}/api/v1/members/{colleague['id']}/", {"role": "staff"})
    assert code_of(alone) == (409, "last_owner")

    invited = Program(demo)
    sent = member.ask(
        "POST", f"/{slug}/api/v1/invitations/", {"email": invited.email, "role": "staff"}
    )
    assert sent.status == 201
    mail = until(invited.mails, 40)[0]
    token = re.search(r"/invitations/([\w-]+)/", mail["text"])[1]
    assert code_of(member.post("invitations/accept/", {"token": token})) == (
        403, "permission_denied",
    )  # fmt: skip
    asked = {"email": invited.email, "password": PASSWORD, "name": "Ali", "language": "ar"}
    assert invited.post("auth/signup/", asked).status == 202
    confirmed = {"email": invited.email, "code": invited.code(before=1)}
    assert invited.post("auth/confirm/", confirmed).status == 204
    invited.log_in()
    accepted = invited.post("invitations/accept/", {"token": token, "role": "owner"})
    assert accepted.json() == {"tenant": slug, "role": "staff"}
    assert code_of(invited.post("invitations/accept/", {"token": token})) == (404, "not_found")

    assert invited.ask("GET", f"/{slug}/api/v1/orders/").status == 200
    assert code_of(invited.ask("GET", f"/{slug}/api/v1/invitations/")) == (403, "permission_denied")
    assert code_of(invited.ask("GET", "/oud-house/api/v1/orders/")) == (404, "not_found")
    members = member.ask("GET", f"/{slug}/api/v1/members/").json()["results"]
    (gone,) = (one["id"] for one in members if one["role"] == "staff")
    assert member.ask("DELETE", f"/{slug}/api/v1/members/{gone}/").status == 204
    assert code_of(invited.ask("GET", f"/{slug}/api/v1/orders/")) == (404, "not_found")


def test_the_keys_that_tokens_are_signed_with(demo):
    keys = demo.person().get(APP, "/.well-known/jwks.json").json()["keys"]

    assert keys
    assert {(key["kty"], key["alg"], key["use"]) for key in keys} == {("RSA", "RS256", "sig")}
    assert all("d" not in key for key in keys)


def test_a_token_is_needed_and_must_be_good(demo):
    program = Program(demo)
    assert code_of(program.ask("GET", "/api/v1/me/")) == (401, "not_authenticated")
    program.token = "no.such.token"
    answer = program.ask("GET", "/api/v1/me/")
    assert code_of(answer) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert code_of(program.ask("GET", "/oud-house/api/v1/orders/")) == (401, "invalid_token")
