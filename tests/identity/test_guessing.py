"""Guessing passwords and codes, and finding out who has an account."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connections

from tenants import scopes
from tenants.domain.codes import GUESSES
from tenants.domain.tenants import get_or_create_user
from tenants.identity.embedded import totp
from tenants.identity.embedded.engine import _nobodys_password
from tenants.models import User
from tests.identity.conftest import PASSWORD

THREADS, TRIES, LIMIT = 25, 100, 10


def at_once(attempt):
    """The statuses of a hundred tries, each thread's first of them together."""
    start = Barrier(THREADS)

    def some(_):
        try:
            start.wait(timeout=60)
            return [attempt().status_code for _ in range(TRIES // THREADS)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as threads:
        return [status for few in threads.map(some, range(THREADS)) for status in few]


def enrolled(program):
    """The person with a second factor, logged in; returns its secret."""
    secret = program.post("auth/mfa/totp/", **program.bearer()).json()["secret"]
    code = totp.current_code(secret)
    done = program.post("auth/mfa/totp/confirm/", {"code": code}, **program.bearer())
    assert done.status_code == 200
    return secret


def challenged(program):
    return program.log_in().json()["challenge_token"]


def wrong_of(code):
    return f"{(int(code) + 1) % 10**6:06}"


def test_of_a_hundred_log_ins_at_once_ten_are_let_through(stranger):
    email = f"known-{uuid4().hex[:8]}@example.com"
    statuses = at_once(
        lambda: stranger().post("auth/login/", {"email": email, "password": "wrong"})
    )

    assert (statuses.count(401), statuses.count(429)) == (LIMIT, TRIES - LIMIT)


def test_pages_and_api_count_together(stranger, at):
    email = f"known-{uuid4().hex[:8]}@example.com"
    asked = {"email": email, "password": "wrong"}
    for host in ("app", "admin"):
        for _ in range(4):
            assert at(host).post("/login/", asked).status_code == 400
    for _ in range(2):
        assert stranger().post("auth/login/", {**asked, "email": email.upper()}).status_code == 401

    refused = stranger().post("auth/login/", asked)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 300
    assert at("app").post("/login/", asked).status_code == 429


def test_of_a_hundred_codes_at_once_ten_are_looked_at_confirming(stranger):
    program = stranger()
    program.sign_up()
    asked = {"email": program.email, "code": wrong_of(program.code())}

    statuses = at_once(lambda: stranger().post("auth/confirm/", asked))

    assert (statuses.count(400), statuses.count(429)) == (LIMIT, TRIES - LIMIT)


def test_of_a_hundred_codes_at_once_ten_are_looked_at_resetting(member, stranger):
    program = member()
    program.post("auth/forgot/", {"email": program.email})
    asked = {
        "email": program.email,
        "code": wrong_of(program.code()),
        "password": "a new one it is",
    }
    statuses = at_once(lambda: stranger().post("auth/reset/", asked))

    # Confirming the account was one of the ten.
    assert (statuses.count(400), statuses.count(429)) == (LIMIT - 1, TRIES - LIMIT + 1)
    assert program.log_in().status_code == 200


def test_of_a_hundred_codes_at_once_ten_are_looked_at_as_a_second_step(member, stranger):
    program = member()
    secret = enrolled(program)
    asked = {"challenge_token": challenged(program), "code": wrong_of(totp.current_code(secret))}

    statuses = at_once(lambda: stranger().post("auth/challenge/", asked))

    # Confirming the second factor was one of the ten.
    assert (statuses.count(401), statuses.count(429)) == (LIMIT - 1, TRIES - LIMIT + 1)


def test_a_stranger_keeps_nobody_from_their_second_step(member, stranger):
    program = member()
    secret = enrolled(program)
    guess = {"email": program.email, "code": "111111"}
    statuses = [stranger().post("auth/confirm/", guess).status_code for _ in range(LIMIT)]
    assert 429 in statuses

    asked = {"challenge_token": challenged(program), "code": totp.current_code(secret, offset=1)}
    assert program.post("auth/challenge/", asked).status_code == 200


def test_many_challenges_are_no_more_tries(member):
    program = member()
    wrong = wrong_of(totp.current_code(enrolled(program)))
    statuses = []
    for _ in range(9):
        asked = {"challenge_token": challenged(program), "code": wrong}
        statuses.append(program.post("auth/challenge/", asked).status_code)
    statuses.append(program.post("auth/challenge/", asked).status_code)

    assert statuses == [401] * 9 + [429]


def test_a_code_is_spent_after_five_wrong_guesses(stranger):
    program = stranger()
    program.sign_up()
    right = {"email": program.email, "code": program.code()}
    for _ in range(GUESSES):
        wrong = {**right, "code": wrong_of(right["code"])}
        assert program.post("auth/confirm/", wrong).status_code == 400

    assert program.post("auth/confirm/", right).status_code == 400


def test_five_guesses_are_good_still_at_the_fifth(stranger):
    program = stranger()
    program.sign_up()
    right = {"email": program.email, "code": program.code()}
    for _ in range(GUESSES - 1):
        wrong = {**right, "code": wrong_of(right["code"])}
        assert program.post("auth/confirm/", wrong).status_code == 400

    assert program.post("auth/confirm/", right).status_code == 204


def test_guesses_spend_every_code_that_waits(stranger):
    """Else asking for ten codes would be ten times as many guesses."""
    program = stranger()
    program.sign_up()
    first = program.code()
    program.sign_up()
    second = program.code()
    for _ in range(GUESSES):
        asked = {"email": program.email, "code": wrong_of(first)}
        assert wrong_of(first) != second
        program.post("auth/confirm/", asked)

    for code in (first, second):
        asked = {"email": program.email, "code": code}
        assert program.post("auth/confirm/", asked).status_code == 400


def test_a_code_of_one_purpose_and_address_is_none_for_another(member, stranger):
    program, other = member(), stranger()
    program.post("auth/forgot/", {"email": program.email})
    code = program.code()
    other.sign_up()

    asked = {"email": program.email, "code": code}
    assert program.post("auth/confirm/", asked).status_code == 400
    asked = {"email": other.email, "code": code, "password": "a new one it is"}
    assert program.post("auth/reset/", asked).status_code == 400
    asked = {"email": program.email, "code": code, "password": "a new one it is"}
    assert program.post("auth/reset/", asked).status_code == 204
    assert program.post("auth/reset/", asked).status_code == 400


def tellings(stranger, path, fields, *emails):
    """Status and body of each, the address left out."""
    told = []
    for email in emails:
        answer = stranger(**{"accept-language": "en"}).post(path, {**fields, "email": email})
        told.append((answer.status_code, answer.content.decode().replace(email, "…")))
    return told


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("auth/signup/", {"password": PASSWORD, "name": "N", "language": "en"}, 202),
        ("auth/resend/", {}, 202),
        ("auth/forgot/", {}, 202),
        ("auth/login/", {"password": "wrong"}, 401),
        ("auth/confirm/", {"code": "123456"}, 400),
        ("auth/reset/", {"code": "123456", "password": "another good one"}, 400),
        ("auth/reset/", {"code": "123456", "password": "short"}, 400),
    ],
)
def test_nobody_learns_who_has_an_account(member, stranger, path, fields, status):
    known, waiting, nobody = member(), stranger(), stranger()
    waiting.sign_up()
    with scopes.public():
        invited = get_or_create_user(f"invited-{uuid4().hex[:8]}@example.com").email
        shut_out = member()
        User.objects.filter(email=shut_out.email).update(is_active=False)

    told = tellings(
        stranger, path, fields, known.email, waiting.email, nobody.email, invited, shut_out.email
    )

    assert told[0][0] == status
    assert len(set(told)) == 1


def test_a_log_in_computes_one_hash_whoever_asks(member, stranger, monkeypatch):
    known, waiting, nobody = member(), stranger(), stranger()
    waiting.sign_up()
    with scopes.public():
        invited = get_or_create_user(f"invited-{uuid4().hex[:8]}@example.com").email
        shut_out = member()
        User.objects.filter(email=shut_out.email).update(is_active=False)
    _nobodys_password()  # made once a process
    computed, whole = [], MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *args: computed.append(1) or whole(*args)
    )

    counts = []
    for email in (known.email, waiting.email, nobody.email, invited, shut_out.email):
        computed.clear()
        answer = stranger().post("auth/login/", {"email": email, "password": "wrong"})
        assert answer.status_code == 401
        counts.append(len(computed))

    assert counts == [1] * 5


def test_a_sign_up_computes_as_many_hashes_whoever_asks(member, stranger, monkeypatch):
    known, nobody = member(), stranger()
    computed, whole = [], MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *args: computed.append(1) or whole(*args)
    )
    counts = []
    for email in (known.email, nobody.email):
        computed.clear()
        assert stranger().sign_up(email=email).status_code == 202
        counts.append(len(computed))

    assert counts[0] == counts[1] > 0


def test_a_code_of_the_app_works_once(member, stranger):
    program = member()
    secret = enrolled(program)
    asked = {"challenge_token": challenged(program), "code": totp.current_code(secret, offset=1)}
    assert program.post("auth/challenge/", asked).status_code == 200

    for token in (asked["challenge_token"], challenged(program)):
        again = stranger().post("auth/challenge/", {**asked, "challenge_token": token})
        assert (again.status_code, again.json()["code"]) == (401, "invalid_credentials")


def test_a_code_of_the_app_works_once_at_once(member, stranger):
    program = member()
    secret = enrolled(program)
    tokens = [challenged(program) for _ in range(8)]
    code, start = totp.current_code(secret, offset=1), Barrier(8)

    def attempt(token):
        asked = {"challenge_token": token, "code": code}
        try:
            start.wait(timeout=60)
            return stranger().post("auth/challenge/", asked).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(attempt, tokens))

    assert statuses == [200] + [401] * 7


def test_a_recovery_code_works_once_at_once(member, stranger):
    program = member()
    begun = program.post("auth/mfa/totp/", **program.bearer()).json()
    code = totp.current_code(begun["secret"])
    done = program.post("auth/mfa/totp/confirm/", {"code": code}, **program.bearer())
    recovery = done.json()["recovery_codes"][0]
    tokens, start = [challenged(program) for _ in range(8)], Barrier(8)

    def attempt(token):
        asked = {"challenge_token": token, "code": recovery}
        try:
            start.wait(timeout=60)
            return stranger().post("auth/challenge/", asked).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(attempt, tokens))

    assert statuses == [200] + [401] * 7


def test_a_reset_does_not_skip_the_second_step(member):
    program = member()
    secret = enrolled(program)
    program.post("auth/forgot/", {"email": program.email})
    asked = {"email": program.email, "code": program.code(), "password": "another good one"}
    reset = program.post("auth/reset/", asked)
    assert reset.status_code == 204
    assert not reset.content
    assert not reset.cookies

    answer = program.log_in("another good one").json()
    assert set(answer) == {"challenge", "challenge_token"}
    asked = {
        "challenge_token": answer["challenge_token"],
        "code": totp.current_code(secret, offset=1),
    }
    assert program.post("auth/challenge/", asked).status_code == 200


def test_a_challenge_ends_with_the_password_that_it_was_given_for(member):
    program = member()
    secret = enrolled(program)
    old = challenged(program)
    program.post("auth/forgot/", {"email": program.email})
    asked = {"email": program.email, "code": program.code(), "password": "another good one"}
    assert program.post("auth/reset/", asked).status_code == 204

    answer = program.post(
        "auth/challenge/", {"challenge_token": old, "code": totp.current_code(secret, offset=1)}
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


@pytest.mark.parametrize("token", ["", "x", "é", "\x00", "gAAAAA", "x" * 5000])
def test_a_challenge_that_is_none(stranger, token):
    answer = stranger().post("auth/challenge/", {"challenge_token": token, "code": "123456"})

    assert answer.status_code in (400, 401)


def test_an_access_token_is_no_challenge_and_the_other_way_round(member):
    program = member()
    enrolled(program)
    asked = {"challenge_token": program.tokens["access_token"], "code": "123456"}
    assert program.post("auth/challenge/", asked).json()["code"] == "invalid_token"

    sent = {"authorization": f"Bearer {challenged(program)}"}
    assert program.get("me/", **sent).json()["code"] == "invalid_token"


@pytest.mark.parametrize(
    "password",
    ["x9" * 100, "كلمة سر طويلة جدًا ١٢٣", "пароль достаточно длинный", "🐪🌴🐪🌴🐪🌴🐪🌴🐪🌴",
     "  spaces around it  ", "q7" * 128, "tab\tand\nline, too"],
    ids=lambda password: f"{password[:6]!r}-{len(password)}",
)  # fmt: skip
def test_long_and_foreign_passwords(stranger, password):
    program = stranger()
    assert program.sign_up(password=password).status_code == 202
    asked = {"email": program.email, "code": program.code()}
    assert program.post("auth/confirm/", asked).status_code == 204

    assert program.log_in(password).status_code == 200
    assert program.log_in(password.strip() + "x").status_code in (400, 401)
    assert program.log_in(password[:-1]).status_code == 401


@pytest.mark.parametrize("password", ["x9" * 128 + "x", "", "short", "a\x00b" * 10, 5, None, ["x"]])
def test_a_password_that_is_refused_is_refused_at_its_field(stranger, password):
    program = stranger()

    for path in ("auth/signup/", "auth/reset/"):
        asked = {"email": program.email, "name": "N", "code": "123456", "password": password}
        answer = program.post(path, asked)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
        assert list(answer.json()["errors"]) == ["password"]


def test_a_lone_surrogate_is_refused(stranger):
    program = stranger()
    body = b'{"email":"%s","password":"\\ud800 is no character","name":"N"}'

    answer = program.client.post(
        "/api/v1/auth/signup/", body % program.email.encode(), content_type="application/json"
    )
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["password"])
