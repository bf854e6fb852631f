"""What has ended is over at once, and what was taken back opens nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tenants import scopes
from tenants.domain import logins
from tenants.domain.codes import PATIENCE, purge_codes
from tenants.enums import CodePurpose
from tenants.identity import accounts
from tenants.identity.embedded import totp
from tenants.identity.engines import engine
from tenants.identity.port import EngineUnavailableError
from tenants.models import Login, OneTimeCode, User
from tests.identity.conftest import PASSWORD


def person_of(program):
    with scopes.public():
        return User.objects.get(email=program.email)


def is_in(program):
    return program.get("me/", **program.bearer()).status_code == 200


def test_an_access_token_ends_with_its_login(member):
    program = member()
    assert program.post("auth/logout/", **program.csrf()).status_code == 204

    assert program.get("me/", **program.bearer()).json()["code"] == "invalid_token"


def test_a_reused_refresh_token_ends_the_access_tokens_too(member):
    program = member()
    old = program.refresh_cookie
    program.post("auth/refresh/", **program.csrf())
    assert is_in(program)
    program.client.cookies["refresh"] = old
    assert program.post("auth/refresh/", **program.csrf()).status_code == 401

    assert not is_in(program)


def test_a_second_factor_ends_other_logins_and_keeps_this_one(member):
    program, other = member(), None
    other = dict(program.tokens)
    program.log_in()
    secret = program.post("auth/mfa/totp/", **program.bearer()).json()["secret"]
    code = {"code": totp.current_code(secret)}
    assert program.post("auth/mfa/totp/confirm/", code, **program.bearer()).status_code == 200

    assert is_in(program)
    assert program.post("auth/refresh/", **program.csrf()).status_code == 200
    old = {"authorization": f"Bearer {other['access_token']}"}
    assert program.get("me/", **old).status_code == 401


def test_a_new_password_ends_the_other_programs_tokens(member):
    program = member()
    user = person_of(program)
    accounts.change_password(
        user=user, login=None, old=PASSWORD, new="another good one", now=timezone.now()
    )

    assert not is_in(program)


def test_a_reset_code_of_an_address_that_is_no_longer_theirs_opens_nothing(member):
    program = member()
    user = person_of(program)
    program.post("auth/forgot/", {"email": program.email})
    code = program.code()
    with scopes.public():
        User.objects.filter(id=user.id).update(email=f"new-{user.email}")

    asked = {"email": program.email, "code": code, "password": "the attackers choice"}
    assert program.post("auth/reset/", asked).status_code == 400
    with scopes.public():
        assert User.objects.get(id=user.id).check_password(PASSWORD)


def test_whoever_is_shut_out_while_they_reset_stays_shut_out(member, monkeypatch):
    program = member()
    program.post("auth/forgot/", {"email": program.email})
    asked = {"email": program.email, "code": program.code(), "password": "another good one"}
    real = User.set_password

    def shut_out_meanwhile(user, password):
        real(user, password)
        User.objects.filter(id=user.id).update(is_active=False)

    monkeypatch.setattr(User, "set_password", shut_out_meanwhile)
    program.post("auth/reset/", asked)

    assert not person_of(program).is_active


def test_a_code_is_not_spent_where_nothing_came_of_it(member, monkeypatch):
    program = member()
    program.post("auth/forgot/", {"email": program.email})
    asked = {"email": program.email, "code": program.code(), "password": "another good one"}

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(User, "set_password", killed)
        program.post("auth/reset/", asked)

    assert program.post("auth/reset/", asked).status_code == 204


def test_logging_out_of_everything_waits_for_no_engine(member, monkeypatch):
    program = member()

    def away(**_):
        raise EngineUnavailableError

    monkeypatch.setattr(engine(), "revoke_all", away)
    accounts.log_out_everywhere(person_of(program), now=timezone.now())

    assert not is_in(program)


def test_a_factor_that_the_engine_does_not_know_counts_for_nothing(member):
    """We were stopped between the two halves of turning it off."""
    program = member()
    user = person_of(program)
    with scopes.public():
        user.mfa_enabled_at = timezone.now()
        user.save(update_fields=["mfa_enabled_at"])

    program.log_in()

    assert program.get("me/", **program.bearer()).json()["mfa"] is False


def test_what_is_over_is_purged_and_nothing_else(member):
    program = member()
    user, now = person_of(program), timezone.now()
    with scopes.public():
        old = Login.objects.get(user=user)
        Login.objects.filter(id=old.id).update(ended_at=now - logins.KEPT - timedelta(days=1))
        fields = {"purpose": CodePurpose.RESET, "email": user.email, "created_at": now}
        OneTimeCode.objects.filter(email=user.email).delete()
        OneTimeCode.objects.create(expires_at=now - PATIENCE - timedelta(seconds=1), **fields)
        fresh = OneTimeCode.objects.create(expires_at=now, **fields)
    program.log_in()
    with scopes.public():
        purge_codes(now=now)
        logins.purge_logins(now=now)
        assert list(OneTimeCode.objects.filter(email=user.email)) == [fresh]
        assert Login.objects.filter(user=user).exclude(id=old.id).count() == 1
        assert not Login.objects.filter(id=old.id).exists()


def test_what_a_person_sees_is_kept_by_no_cache(member):
    program = member()

    assert program.get("me/", **program.bearer()).headers["Cache-Control"] == "private, no-store"
