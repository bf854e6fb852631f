"""Refreshing and logging out by the cookie: not from elsewhere, not twice, not after the end."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from tenants import scopes
from tenants.domain import logins
from tenants.domain.logins import open_login, refresh_token, revoke_tokens
from tenants.enums import LoginKind, Surface
from tenants.models import Login, User

CLIENT = "https://shop.example"
BOTH = pytest.mark.parametrize("path", ["auth/refresh/", "auth/logout/"])


def user_of(program):
    with scopes.public():
        return User.objects.get(email=program.email)


def open_logins_of(program):
    with scopes.public():
        return logins.open_logins(user_of(program), now=timezone.now()).count()


def is_alive(program):
    """Whether the login still goes on; one more refresh tells."""
    answer = program.post("auth/refresh/", **program.csrf())
    if answer.status_code == 200:
        program.tokens = answer.json()
    return answer.status_code == 200


@BOTH
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-csrftoken": ""},
        {"x-csrftoken": "0" * 64},
        {"x-csrftoken": "é"},
        {"origin": "http://oud-house.localhost"},
        {"origin": "http://oud-house.localhost:8000"},
        {"origin": "http://localhost"},
        {"origin": "http://admin.localhost"},
        {"origin": "https://app.localhost"},
        {"origin": "http://app.localhost.evil.example"},
        {"origin": "http://app.localhost:81"},
        {"origin": "null"},
        {"origin": "http://[", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "same-site", "origin": "http://oud-house.localhost"},
    ],
    ids=str,
)
def test_a_page_of_another_origin(member, path, headers):
    program = member()
    asked = headers if "x-csrftoken" in headers or not headers else {**program.csrf(), **headers}

    answer = program.post(path, **asked)

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert settings.REFRESH_COOKIE_NAME not in answer.cookies
    assert is_alive(program)


@BOTH
def test_the_token_of_another_login(member, path):
    program, other = member(), member()
    first = program.csrf()
    program.log_in()  # the same person's, even

    for wrong in (other.csrf(), first):
        assert program.post(path, **wrong).json()["code"] == "csrf_failed"
    assert is_alive(program)


@BOTH
def test_a_page_of_ours_and_a_program(member, path):
    for headers in (
        {"origin": "http://app.localhost", "sec-fetch-site": "same-origin"},
        {"origin": "http://app.localhost"},
        {},
    ):
        program = member()
        assert program.post(path, **program.csrf(), **headers).status_code in (200, 204)


@BOTH
def test_a_client_that_is_listed(member, settings, path):
    settings.SOUQNA_CLIENT_ORIGINS = [CLIENT]
    program = member()

    wrong = {"origin": "https://shop.example.evil.example", "sec-fetch-site": "cross-site"}
    assert program.post(path, **program.csrf(), **wrong).status_code == 403
    right = {"origin": CLIENT, "sec-fetch-site": "cross-site"}
    assert program.post(path, **right).json()["code"] == "csrf_failed"
    assert program.post(path, **program.csrf(), **right).status_code in (200, 204)


@BOTH
@pytest.mark.parametrize("token", ["", "x", "a.b.c", "0" * 32 + ".0", "é", "x" * 5000])
def test_a_cookie_that_is_none(stranger, path, token):
    program = stranger()
    program.client.cookies[settings.REFRESH_COOKIE_NAME] = token

    answer = program.post(path, **{"x-csrftoken": "x"})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


def test_a_cookie_that_was_changed(member):
    program = member()
    token = program.refresh_cookie
    name, generation, signature = token.split(".")
    for changed in (f"{name}.1.{signature}", f"{name}.{generation}.", f"{name}.{generation}"):
        program.client.cookies[settings.REFRESH_COOKIE_NAME] = changed
        assert program.post("auth/refresh/", **program.csrf()).json()["code"] == "invalid_token"
    program.client.cookies[settings.REFRESH_COOKIE_NAME] = token
    assert is_alive(program)


def test_a_token_that_was_used_ends_the_whole_family(member):
    program = member()
    stolen = program.refresh_cookie
    assert is_alive(program)
    assert is_alive(program)

    thief = program.client.__class__(**program.client.defaults)
    thief.cookies[settings.REFRESH_COOKIE_NAME] = stolen
    answer = thief.post("/api/v1/auth/refresh/", headers=program.csrf())

    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert not is_alive(program)
    assert open_logins_of(program) == 0


def test_another_login_of_the_person_goes_on(member, stranger):
    program = member()
    other = stranger()
    other.email = program.email
    other.log_in()
    stolen = program.refresh_cookie
    assert is_alive(program)
    program.client.cookies[settings.REFRESH_COOKIE_NAME] = stolen
    assert not is_alive(program)

    assert is_alive(other)


def refreshed_at_once(program, at, count):
    """The statuses of `count` refreshes with one and the same token."""
    token, headers, start = program.refresh_cookie, program.csrf(), Barrier(count)

    def attempt(_):
        client = at("app")
        client.cookies[settings.REFRESH_COOKIE_NAME] = token
        try:
            start.wait()
            return client.post("/api/v1/auth/refresh/", headers=headers).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return sorted(threads.map(attempt, range(count)))


@pytest.mark.parametrize("count", [2, 8])
def test_at_once_with_one_token_one_wins_and_the_family_ends(member, at, count):
    program = member()

    assert refreshed_at_once(program, at, count) == [200] + [401] * (count - 1)
    assert open_logins_of(program) == 0


def test_without_the_lock_both_would_win(member, at, monkeypatch):
    """The negative control of the test above."""
    program, met = member(), Barrier(2)

    def unlocked(login_id, *, now):
        login = Login.objects.select_related("user").filter(id=login_id, ended_at=None).first()
        met.wait(timeout=20)
        return login

    monkeypatch.setattr(logins, "_locked", unlocked)

    assert refreshed_at_once(program, at, 2) == [200, 200]


def test_after_the_log_out(member):
    program = member()
    token = program.refresh_cookie
    assert program.post("auth/logout/", **program.csrf()).status_code == 204
    assert program.client.cookies[settings.REFRESH_COOKIE_NAME].value == ""

    program.client.cookies[settings.REFRESH_COOKIE_NAME] = token
    assert not is_alive(program)
    assert program.post("auth/logout/", **program.csrf()).status_code == 401


def test_a_person_who_is_shut_out(member):
    program = member()
    with scopes.public():
        User.objects.filter(email=program.email).update(is_active=False)

    assert not is_alive(program)


def test_a_log_in_that_was_under_way_when_everything_was_revoked(member):
    """Its password was checked before, its login is written after: it ends nevertheless."""
    program = member()
    user, began = user_of(program), timezone.now()
    with scopes.public():
        revoke_tokens(user, now=timezone.now())
        late = open_login(
            user=user, kind=LoginKind.API, surface=Surface.APP, has_mfa=False,
            engine_token="", user_agent="", now=began,
        )  # fmt: skip
    program.client.cookies[settings.REFRESH_COOKIE_NAME] = refresh_token(late)

    answer = program.post("auth/refresh/", **{"x-csrftoken": logins.csrf_token(late.id)})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


def test_a_login_that_is_too_old(member):
    program = member()
    with scopes.public():
        Login.objects.filter(user__email=program.email).update(expires_at=timezone.now())

    assert not is_alive(program)


def test_a_browsers_login_has_no_refresh_token(member):
    """A session's id, were it known, is no refresh token: they are signed."""
    program = member()
    with scopes.public():
        login = Login.objects.get(user__email=program.email)
    program.client.cookies[settings.REFRESH_COOKIE_NAME] = f"{login.id.hex}.0"

    assert not is_alive(program)


def test_what_changes_something_by_session_asks_for_its_token(member):
    program = member()
    program.client.force_login(user_of(program))
    program.client.handler.enforce_csrf_checks = True

    answer = program.post("auth/mfa/totp/")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


ENDPOINTS = ["signup", "confirm", "resend", "login", "challenge", "refresh", "logout", "forgot",
             "reset", "mfa/totp", "mfa/totp/confirm"]  # fmt: skip


def preflight(program, endpoint, origin):
    return program.client.options(
        f"/api/v1/auth/{endpoint}/",
        headers={
            "origin": origin,
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type,x-csrftoken",
        },
    )


@pytest.fixture
def listed(settings):
    settings.SOUQNA_CLIENT_ORIGINS = settings.CORS_ALLOWED_ORIGINS = [CLIENT]
    settings.CORS_ALLOW_CREDENTIALS = True


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_listed_origin_may_bring_its_cookies(stranger, listed, endpoint):
    told = preflight(stranger(), endpoint, CLIENT).headers

    assert told["Access-Control-Allow-Origin"] == CLIENT
    assert told["Access-Control-Allow-Credentials"] == "true"
    assert "x-csrftoken" in told["Access-Control-Allow-Headers"]
    assert "origin" in told["Vary"].lower()


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    "origin",
    ["http://oud-house.localhost", "https://shop.example.evil.example", "http://shop.example",
     "https://shop.example:444", "null", "https://SHOP.example.evil"],
)  # fmt: skip
def test_no_other_origin_may_anything(stranger, listed, endpoint, origin):
    program = stranger()
    asked = program.post(f"auth/{endpoint}/", origin=origin)

    for answer in (preflight(program, endpoint, origin), asked):
        assert not [name for name in answer.headers if name.startswith("Access-Control-Allow")]


def test_without_a_list_nobody_may(stranger):
    answer = preflight(stranger(), "refresh", CLIENT)

    assert not [name for name in answer.headers if name.startswith("Access-Control-Allow")]
