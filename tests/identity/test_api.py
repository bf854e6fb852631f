"""The identity API from sign-up to log-out, on the embedded engine."""

from tenants.identity.embedded import totp
from tests.identity.conftest import PASSWORD


def test_from_sign_up_to_log_out(stranger):
    program = stranger()
    assert program.sign_up().status_code == 202
    assert program.log_in().json()["code"] == "invalid_credentials"
    wrong = program.post("auth/confirm/", {"email": program.email, "code": "000000"})
    assert (wrong.status_code, wrong.json()["code"], list(wrong.json()["errors"])) == (
        400,
        "invalid",
        ["code"],
    )
    right = {"email": program.email, "code": program.code()}
    assert program.post("auth/confirm/", right).status_code == 204
    assert program.post("auth/confirm/", right).status_code == 400
    assert program.log_in().status_code == 200
    assert set(program.tokens) == {"access_token", "token_type", "expires_in", "csrf_token"}

    me = program.get("me/", **program.bearer()).json()
    assert (me["email"], me["name"], me["mfa"], me["memberships"]) == (
        program.email,
        "Noura",
        False,
        [],
    )
    first = program.refresh_cookie
    refreshed = program.post("auth/refresh/", **program.csrf())
    assert refreshed.status_code == 200
    assert program.refresh_cookie != first
    assert program.post("auth/logout/", **program.csrf()).status_code == 204
    assert program.post("auth/refresh/", **program.csrf()).status_code == 401


def test_a_second_factor(member):
    program = member()
    begun = program.post("auth/mfa/totp/", **program.bearer()).json()
    assert begun["otpauth_url"].startswith("otpauth://totp/")
    code = totp.current_code(begun["secret"])
    done = program.post("auth/mfa/totp/confirm/", {"code": code}, **program.bearer())
    assert len(done.json()["recovery_codes"]) == 10
    assert program.get("me/", **program.bearer()).json()["mfa"] is True

    asked = program.log_in().json()
    assert asked["challenge"] == "totp"
    answer = {"challenge_token": asked["challenge_token"], "code": code}
    assert program.post("auth/challenge/", answer).json()["code"] == "invalid_credentials"
    answer["code"] = totp.current_code(begun["secret"], offset=1)
    assert program.post("auth/challenge/", answer).status_code == 200
    answer["code"] = done.json()["recovery_codes"][3]
    assert program.post("auth/challenge/", answer).status_code == 200
    assert program.post("auth/challenge/", answer).json()["code"] == "invalid_credentials"


def test_a_new_password_by_mail(member):
    program = member()
    old = program.bearer()
    assert program.post("auth/forgot/", {"email": program.email}).status_code == 202
    asked = {"email": program.email, "code": program.code(), "password": "another good one"}
    assert program.post("auth/reset/", asked).status_code == 204

    assert program.get("me/", **old).json()["code"] == "invalid_token"
    assert program.post("auth/refresh/", **program.csrf()).status_code == 401
    assert program.log_in(PASSWORD).status_code == 401
    assert program.log_in("another good one").status_code == 200
    assert program.get("me/", **program.bearer()).status_code == 200
