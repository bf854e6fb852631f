"""The contract of the port, over every engine.

`embedded` is the whole truth; `cognito` runs on moto, which takes any code that is mailed for the right
one: what it ought to refuse is marked, and proved in test_cognito.py. `pool` runs on a real user pool
where there is one (docs/identity.md); nobody reads its mail, so there right codes can't be told.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from notifications.queries.mailbox import sent_messages
from notifications.tasks import sweep_messages
from tenants import scopes
from tenants.identity import accounts, engines
from tenants.identity.cognito import client
from tenants.identity.cognito.people import forget
from tenants.identity.embedded import totp
from tenants.identity.embedded.engine import EmbeddedEngine
from tenants.identity.people import person_of
from tenants.identity.port import (
    AlreadyEnrolledError,
    Caller,
    Challenge,
    FactorRemovedError,
    Grant,
    IdentityEngine,
    InvalidTokenError,
    NotConfirmedError,
    PasswordRefusedError,
    WrongCodeError,
    WrongCredentialsError,
)
from tenants.identity.tokens import verified
from tenants.models import User
from tenants.tasks import sweep_outbox
from tests.identity.cognito_settings import ENDPOINT, PoolSettings, on_cognito, real_pool
from tests.identity.moto_pool import CODE, REGION, Actions, MotoPool, moto_pool

PASSWORD, OTHER = "correct-horse-Battery-1", "another-Good-one-2"
_CODE = re.compile(r"^\d{6}$", re.MULTILINE)


@dataclass
class Kit:
    """An engine, and what a person sees of it besides."""

    kind: str
    engine: IdentityEngine

    def address(self) -> str:
        """One that nobody has yet; of a real pool's mail nothing comes back."""
        name = f"p-{uuid4().hex[:10]}"
        return (
            f"success+{name}@simulator.amazonses.com"
            if self.kind == "pool"
            else f"{name}@example.com"
        )

    def code(self, email: str) -> str:
        """The code that was mailed to the address last."""
        if self.kind == "pool":
            pytest.skip("nobody reads the mail of a real pool")
        return CODE if self.kind == "cognito" else _CODE.findall(mails(email)[0].text)[0]

    def totp(self, secret: str, *, steps: int = 0) -> str:
        """What an authenticator shows; Cognito leaves the padding of the secret away."""
        if (left := 30 - time.time() % 30) < 2:
            time.sleep(left)  # moto takes the code of this very step alone
        return totp.current_code(secret + "=" * (-len(secret) % 8), offset=steps)

    def confirm(self, email: str) -> None:
        if self.kind != "pool":
            self.engine.confirm(email=email, code=self.code(email))
            return
        who = {"UserPoolId": real_pool().pool_id, "Username": email}
        proved = [{"Name": "email_verified", "Value": "true"}]
        client.admin().admin_confirm_sign_up(**who)
        client.admin().admin_update_user_attributes(**who, UserAttributes=proved)


@dataclass
class Person:
    """Somebody with an account, and their newest grant."""

    kit: Kit
    email: str
    password: str
    grant: Grant

    @property
    def caller(self) -> Caller:
        return Caller(self.grant.identity.sub, self.email, lambda: self.grant.access_token)

    def log_in(self) -> Grant | Challenge:
        return self.kit.engine.log_in(email=self.email, password=self.password)

    def enrol(self) -> str:
        """Set up a second factor; returns its secret."""
        secret = self.kit.engine.begin_totp(self.caller)
        self.kit.engine.confirm_totp(self.caller, code=self.kit.totp(secret))
        return secret


def mails(email: str) -> Any:
    sweep_outbox()
    sweep_messages()
    return sent_messages(to=email)


@pytest.fixture(scope="module")
def moto() -> Iterator[MotoPool]:
    with moto_pool() as pool:
        yield pool


@pytest.fixture(params=["embedded", "cognito", "pool"])
def kit(
    request: pytest.FixtureRequest, real_db: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Kit]:
    with ExitStack() as stack:
        if request.param == "cognito":
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
            # moto can tell right TOTP codes from wrong ones, where it is asked to.
            monkeypatch.setenv("MOTO_COGNITO_IDP_USER_POOL_ENABLE_TOTP", "true")
            moto: MotoPool = request.getfixturevalue("moto")
            monkeypatch.setenv(ENDPOINT, moto.url)
            pool = PoolSettings(REGION, moto.pool_id, moto.client_id, moto.client_secret)
            keys = f"{moto.url}/{moto.pool_id}/.well-known/jwks.json"
            stack.enter_context(
                on_cognito(pool, IDENTITY_KEYS_URL=keys, IDENTITY_REFUSED_KEYS=frozenset())
            )
        elif request.param == "pool":
            stack.enter_context(on_cognito(real_pool()))
        yield Kit(request.param, engines.engine())


@pytest.fixture
def wrong_codes_pass_on_moto(request: pytest.FixtureRequest, kit: Kit) -> None:
    if kit.kind == "cognito":
        takes_any = pytest.mark.xfail(strict=True, reason="moto takes any code")
        request.node.add_marker(takes_any)


@pytest.fixture
def person(kit: Kit) -> Iterator[Callable[[], Person]]:
    """Makes somebody with an account, logged in."""
    made = []

    def make() -> Person:
        email = kit.address()
        kit.engine.sign_up(email=email, password=PASSWORD, name="Noura", language="en")
        kit.confirm(email)
        grant = kit.engine.log_in(email=email, password=PASSWORD)
        assert isinstance(grant, Grant)
        with scopes.public():
            person_of(grant.identity)
        made.append(email)
        return Person(kit, email, PASSWORD, grant)

    yield make
    if kit.kind == "pool":
        for email in made:
            forget(email)


def test_from_sign_up_to_log_in(kit):
    email = kit.address()

    kit.engine.sign_up(email=email, password=PASSWORD, name="Noura", language="en")
    with pytest.raises(NotConfirmedError):
        kit.engine.log_in(email=email, password=PASSWORD)
    kit.confirm(email)
    grant = kit.engine.log_in(email=email.upper(), password=PASSWORD)

    assert isinstance(grant, Grant)
    assert (
        grant.identity.email,
        grant.identity.is_verified,
        grant.identity.name,
        grant.has_mfa,
    ) == (
        email,
        True,
        "Noura",
        False,
    )
    assert verified(grant.access_token).sub == grant.identity.sub
    assert 0 < grant.expires_in <= 24 * 3600
    with scopes.public():
        assert person_of(grant.identity).language == "en"


@pytest.mark.usefixtures("wrong_codes_pass_on_moto")
def test_a_wrong_code_confirms_nothing(kit):
    email = kit.address()
    kit.engine.sign_up(email=email, password=PASSWORD, name="Noura", language="en")

    with pytest.raises(WrongCodeError):
        kit.engine.confirm(email=email, code="000000")
    with pytest.raises(NotConfirmedError):
        kit.engine.log_in(email=email, password=PASSWORD)


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "1234567", "١٢٣٤٥٦"])
def test_what_is_no_code(kit, code):
    email = kit.address()
    kit.engine.sign_up(email=email, password=PASSWORD, name="Noura", language="en")

    with pytest.raises(WrongCodeError):
        kit.engine.confirm(email=email, code=code)


def test_nobody_can_be_confirmed_or_reset(kit):
    email = kit.address()

    with pytest.raises(WrongCodeError):
        kit.engine.confirm(email=email, code="000000")
    if kit.kind == "cognito":
        return  # moto answers that there is no such client
    with pytest.raises(WrongCodeError):
        kit.engine.reset(email=email, code="000000", password=OTHER)


@pytest.mark.parametrize("password", ["short", "password123", "noura@example"])
def test_passwords_that_nobody_may_choose(kit, password):
    with pytest.raises(PasswordRefusedError) as refused:
        kit.engine.sign_up(
            email="noura@example.com", password=password, name="Noura", language="en"
        )
    assert refused.value.reasons


def test_a_known_address_is_told_by_mail_alone(kit, person):
    known = person()

    kit.engine.sign_up(email=known.email, password=OTHER, name="Somebody", language="en")

    assert isinstance(known.log_in(), Grant)
    with pytest.raises(WrongCredentialsError):
        kit.engine.log_in(email=known.email, password=OTHER)
    assert mails(known.email)[0].subject == "You have a Souqna account already"


@pytest.mark.parametrize("passwords", [(PASSWORD, OTHER), (OTHER, PASSWORD)])
def test_of_two_passwords_chosen_with_an_address_the_embedded_engine_takes_none(kit, passwords):
    """A stranger may have chosen one of them: before its owner, or after, or while they had a code sent
    again."""
    if not isinstance(kit.engine, EmbeddedEngine):
        pytest.skip("Cognito keeps one sign-up: see the next test")
    email = kit.address()
    for password in passwords:
        kit.engine.sign_up(email=email, password=password, name="Somebody", language="en")
    kit.engine.resend(email=email, language="en")

    assert kit.engine.confirm(email=email, code=kit.code(email)) is False

    for password in passwords:
        with pytest.raises(WrongCredentialsError):
            kit.engine.log_in(email=email, password=password)


def test_the_same_sign_up_twice_is_one(kit):
    email = kit.address()
    for _ in range(2):
        kit.engine.sign_up(email=email, password=PASSWORD, name="Noura", language="en")

    assert kit.engine.confirm(email=email, code=kit.code(email)) is True
    assert isinstance(kit.engine.log_in(email=email, password=PASSWORD), Grant)


def test_of_two_sign_ups_with_cognito_the_later_one_counts(kit):
    if isinstance(kit.engine, EmbeddedEngine):
        pytest.skip("here none counts: see above")
    email = kit.address()
    kit.engine.sign_up(email=email, password=OTHER, name="An attacker", language="en")
    kit.engine.sign_up(email=email, password=PASSWORD, name="Noura", language="en")
    kit.confirm(email)

    assert isinstance(kit.engine.log_in(email=email, password=PASSWORD), Grant)
    with pytest.raises(WrongCredentialsError):
        kit.engine.log_in(email=email, password=OTHER)


def test_a_code_is_sent_again(kit):
    email = kit.address()
    kit.engine.resend(email=email, language="en")  # nobody, and nobody is told
    kit.engine.sign_up(email=email, password=PASSWORD, name="Noura", language="en")

    kit.engine.resend(email=email, language="en")

    kit.engine.confirm(email=email, code=kit.code(email))
    assert isinstance(kit.engine.log_in(email=email, password=PASSWORD), Grant)


def test_a_wrong_password_and_a_stranger_are_refused_alike(kit, person):
    known = person()

    for email, password in ((known.email, OTHER), (kit.address(), PASSWORD)):
        with pytest.raises(WrongCredentialsError) as refused:
            kit.engine.log_in(email=email, password=password)
        assert str(refused.value) == ""


def test_a_second_factor(kit, person):
    noura = person()
    secret = noura.enrol()

    asked = noura.log_in()
    assert isinstance(asked, Challenge)
    assert kit.engine.challenged_email(asked.token) == noura.email
    for wrong in ("000000", "12345", "abcdef"):
        with pytest.raises(WrongCodeError):
            kit.engine.answer_challenge(token=asked.token, code=wrong)
    right = kit.totp(secret, steps=0 if kit.kind == "cognito" else 1)
    grant = kit.engine.answer_challenge(token=asked.token, code=right)

    assert (grant.identity.sub, grant.has_mfa) == (noura.grant.identity.sub, True)
    assert verified(grant.access_token).sub == grant.identity.sub
    with pytest.raises(AlreadyEnrolledError):
        kit.engine.begin_totp(noura.caller)
    with pytest.raises((WrongCodeError, InvalidTokenError)):
        kit.engine.answer_challenge(token=asked.token, code=right)  # used up


def test_a_wrong_code_sets_no_factor_up(kit, person):
    noura = person()
    kit.engine.begin_totp(noura.caller)

    with pytest.raises(WrongCodeError):
        kit.engine.confirm_totp(noura.caller, code="000000")

    assert isinstance(noura.log_in(), Grant)


def test_a_factor_that_is_turned_off(kit, person):
    noura = person()
    noura.enrol()

    kit.engine.disable_totp(sub=noura.grant.identity.sub)

    assert isinstance(noura.log_in(), Grant)
    kit.engine.disable_totp(sub=str(uuid4()))  # nobody's
    kit.engine.disable_totp(sub="")


@pytest.mark.parametrize("token", ["", "x", "gAAAAA", "é"])
def test_what_is_no_challenge(kit, token):
    with pytest.raises(InvalidTokenError):
        kit.engine.answer_challenge(token=token, code="123456")
    with pytest.raises(InvalidTokenError):
        kit.engine.challenged_email(token)
    with pytest.raises(InvalidTokenError):
        kit.engine.recover(token=token, use=lambda _user: None)


def test_a_recovery_code_lets_in_or_takes_the_factor_off(kit, person):
    noura = person()
    noura.enrol()
    asked = noura.log_in()
    used: list[User] = []

    try:
        grant = kit.engine.recover(token=asked.token, use=used.append)
    except FactorRemovedError:
        grant = noura.log_in()

    assert grant.identity.sub == noura.grant.identity.sub
    assert [user.cognito_sub for user in used] == [noura.grant.identity.sub]


def test_a_wrong_recovery_code_changes_nothing(kit, person):
    noura = person()
    noura.enrol()
    asked = noura.log_in()

    def refuse(_user: User) -> None:
        raise WrongCodeError

    with pytest.raises(WrongCodeError):
        kit.engine.recover(token=asked.token, use=refuse)

    assert isinstance(noura.log_in(), Challenge)


def test_a_new_access_token(kit, person):
    noura = person()
    sub = noura.grant.identity.sub

    again = kit.engine.refresh(sub=sub, engine_token=noura.grant.engine_token)

    assert again.access_token != noura.grant.access_token
    assert verified(again.access_token).sub == sub
    further = kit.engine.refresh(sub=sub, engine_token=again.engine_token)
    assert verified(further.access_token).sub == sub


def test_no_token_for_somebody_else(kit, person):
    noura = person()

    with pytest.raises(InvalidTokenError):
        kit.engine.refresh(sub=str(uuid4()), engine_token=noura.grant.engine_token)


def test_a_login_that_was_ended_is_not_refreshed(kit, person):
    noura = person()
    if not noura.grant.engine_token:
        pytest.skip("the engine keeps no logins: `accounts` does")

    kit.engine.revoke(engine_token=noura.grant.engine_token)
    kit.engine.revoke(engine_token=noura.grant.engine_token)

    with pytest.raises(InvalidTokenError):
        kit.engine.refresh(sub=noura.grant.identity.sub, engine_token=noura.grant.engine_token)


def test_all_logins_are_ended(kit, person):
    noura = person()
    other = noura.log_in()

    kit.engine.revoke_all(sub=noura.grant.identity.sub)
    kit.engine.revoke_all(sub=str(uuid4()))  # nobody's

    for grant in (noura.grant, other):
        if grant.engine_token:
            with pytest.raises(InvalidTokenError):
                kit.engine.refresh(sub=grant.identity.sub, engine_token=grant.engine_token)


def test_a_password_is_changed(kit, person):
    noura = person()

    with pytest.raises(WrongCredentialsError):
        kit.engine.change_password(noura.caller, old=OTHER, new=OTHER)
    with pytest.raises(PasswordRefusedError):
        kit.engine.change_password(noura.caller, old=PASSWORD, new="short")
    assert isinstance(noura.log_in(), Grant)
    kit.engine.change_password(noura.caller, old=PASSWORD, new=OTHER)

    with pytest.raises(WrongCredentialsError):
        noura.log_in()
    noura.password = OTHER
    assert isinstance(noura.log_in(), Grant)


def test_a_password_is_reset_and_the_second_factor_stays(kit, person):
    noura = person()
    noura.enrol()
    kit.engine.forgot(email=kit.address(), language="en")  # nobody, and nobody is told

    kit.engine.forgot(email=noura.email, language="en")
    kit.engine.reset(email=noura.email, code=kit.code(noura.email), password=OTHER)

    with pytest.raises(WrongCredentialsError):
        noura.log_in()
    noura.password = OTHER
    assert isinstance(noura.log_in(), Challenge)


@pytest.mark.usefixtures("wrong_codes_pass_on_moto")
def test_a_wrong_code_resets_nothing(kit, person):
    noura = person()
    kit.engine.forgot(email=noura.email, language="en")

    with pytest.raises(WrongCodeError):
        kit.engine.reset(email=noura.email, code="000000", password=OTHER)
    assert isinstance(noura.log_in(), Grant)


def test_another_address(kit, person):
    noura, new = person(), kit.address()

    kit.engine.begin_email_change(noura.caller, email=new, language="en")
    assert isinstance(noura.log_in(), Grant)  # the old one, until the new one is proved
    with pytest.raises(WrongCodeError):
        kit.engine.confirm_email_change(noura.caller, email=new, code="000000")
    taken = kit.engine.confirm_email_change(noura.caller, email=new, code=kit.code(new))

    assert taken == new
    noura.email = new
    grant = noura.log_in()
    assert (grant.identity.sub, grant.identity.email) == (noura.grant.identity.sub, new)


def test_an_address_that_somebody_has(kit, person):
    noura, badr = person(), person()

    kit.engine.begin_email_change(noura.caller, email=badr.email, language="en")

    assert mails(badr.email)[0].subject == "You have a Souqna account already"
    with pytest.raises(WrongCodeError):
        kit.engine.confirm_email_change(noura.caller, email=badr.email, code="000000")
    assert badr.log_in().identity.sub == badr.grant.identity.sub


def test_only_what_operators_may_do_is_signed(kit, person):
    if kit.kind != "cognito":
        pytest.skip("of Cognito on moto alone")
    Actions.asked.clear()

    noura = person()
    noura.enrol()
    kit.engine.disable_totp(sub=noura.grant.identity.sub)
    kit.engine.revoke_all(sub=noura.grant.identity.sub)

    assert {name for name, is_signed in Actions.asked if is_signed} == {
        "AdminSetUserMFAPreference",
        "AdminUserGlobalSignOut",
    }
    assert {"SignUp", "InitiateAuth", "VerifySoftwareToken"} <= {
        name for name, is_signed in Actions.asked if not is_signed
    }


def test_a_login_of_ours_goes_on_with_the_engines_newest_token(kit, person):
    """Two refreshes and a page in between: each may bring another token of the engine's."""
    noura = person()
    logged_in = _logged_in(noura)

    token = accounts.caller_of(logged_in.user, logged_in.login).access_token()
    assert verified(token).sub == noura.grant.identity.sub
    for _ in range(2):
        cookie = accounts.logins.refresh_token(logged_in.login)
        logged_in = accounts.refresh(cookie, now=timezone.now())
        assert verified(logged_in.grant.access_token).sub == noura.grant.identity.sub


def _logged_in(person: Person) -> accounts.LoggedIn:
    program = accounts.Client(accounts.LoginKind.API, accounts.Surface.APP)
    answer = accounts.log_in(
        email=person.email, password=person.password, client=program, now=timezone.now()
    )
    assert isinstance(answer, accounts.LoggedIn)
    return answer
