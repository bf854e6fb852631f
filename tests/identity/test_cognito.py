"""What is asked of Cognito, to the letter, and what its refusals become: botocore's Stubber answers."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore import UNSIGNED
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone
from django.utils.translation import override

from tenants import scopes
from tenants.domain.logins import open_login, refresh_token
from tenants.domain.tenants import get_or_create_user
from tenants.enums import LoginKind, Surface
from tenants.gateways.encryption import decrypt, encrypt
from tenants.identity import accounts, tokens
from tenants.identity.cognito import challenges, client
from tenants.identity.cognito.engine import CognitoEngine
from tenants.identity.port import (
    AlreadyEnrolledError,
    Caller,
    Challenge,
    EngineBusyError,
    EngineUnavailableError,
    FactorRemovedError,
    InvalidTokenError,
    NotConfirmedError,
    PasswordRefusedError,
    WrongCodeError,
    WrongCredentialsError,
)
from tenants.models import Login, User
from tests.identity.cognito_settings import STUBBED, on_cognito
from tests.identity.cognito_tokens import key_set_of, signed

EMAIL, PASSWORD, SUB = "noura@example.com", "correct-horse-Battery-1", str(uuid4())
CLIENT = STUBBED.client_id
SPOKEN = {"ClientMetadata": {"language": "en"}}
OF_THE_POOL = {"UserPoolId": STUBBED.pool_id, "Username": SUB}
BUSY = ["LimitExceededException", "TooManyRequestsException", "TooManyFailedAttemptsException"]
BROKEN = ["InternalErrorException", "ResourceNotFoundException", "ForbiddenException"]


def secret_hash(username: str) -> str:
    """As Cognito describes it, worked out apart from our own."""
    digest = hmac.new(
        STUBBED.client_secret.encode(), (username + CLIENT).encode(), hashlib.sha256
    ).digest()
    return base64.b64encode(digest).decode()


NAMED = {"ClientId": CLIENT, "SecretHash": secret_hash(EMAIL), "Username": EMAIL}


@pytest.fixture(scope="module", autouse=True)
def stubbed(django_db_setup: None) -> Iterator[None]:
    """Clients take half a second each to make."""
    with on_cognito(STUBBED):
        yield


@pytest.fixture
def engine(stubbed: None, real_db: None) -> CognitoEngine:
    return CognitoEngine()


@pytest.fixture
def public(engine: CognitoEngine) -> Iterator[Stubber]:
    with Stubber(client.public()) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def admin(engine: CognitoEngine) -> Iterator[Stubber]:
    with Stubber(client.admin()) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def caller() -> Caller:
    return Caller(SUB, EMAIL, lambda: "access.token")


@pytest.fixture
def issued(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Makes an AuthenticationResult whose tokens hold."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    monkeypatch.setattr(tokens, "key_set", lambda: key_set_of(key.public_key()))

    def make(sub: str = SUB, *, id_claims: Any = None, access_claims: Any = None) -> dict[str, Any]:
        access = {"sub": sub, "token_use": "access", **(access_claims or {})}
        identity = {"email": EMAIL, "email_verified": True, "name": "Noura", "locale": "en"}
        identity |= {"sub": sub, "token_use": "id", **(id_claims or {})}
        return {
            "AccessToken": signed(key, **access),
            "IdToken": signed(key, **identity),
            "ExpiresIn": 3600,
            "TokenType": "Bearer",
            "RefreshToken": "a-refresh-token",
        }

    return make


@pytest.fixture
def person(real_db: None) -> Iterator[User]:
    """Somebody of ours whom the pool knows as `SUB`."""
    with scopes.public():
        user = get_or_create_user(f"noura-{uuid4().hex[:8]}@example.com")
        user.cognito_sub, user.language = SUB, "en"
        user.mfa_enabled_at = timezone.now()
        user.save()
    yield user
    with scopes.public():
        User.objects.filter(id=user.id).update(cognito_sub=None)


def sign_up(engine: CognitoEngine, **more: str) -> None:
    asked = {"email": EMAIL, "password": PASSWORD, "name": "Noura", "language": "en"}
    engine.sign_up(**{**asked, **more})


SIGN_UP = {
    **NAMED,
    "Password": PASSWORD,
    "UserAttributes": [
        {"Name": "email", "Value": EMAIL},
        {"Name": "name", "Value": "Noura"},
        {"Name": "locale", "Value": "en"},
    ],
    **SPOKEN,
}
SIGNED_UP = {"UserConfirmed": False, "UserSub": SUB}
LOG_IN = {
    "ClientId": CLIENT,
    "AuthFlow": "USER_PASSWORD_AUTH",
    "AuthParameters": {
        "USERNAME": EMAIL,
        "PASSWORD": PASSWORD,
        "SECRET_HASH": secret_hash(EMAIL),
    },
}


class TestSigningUp:
    def test_what_is_asked(self, engine, public):
        public.add_response("sign_up", SIGNED_UP, SIGN_UP)

        sign_up(engine, email="Noura@Example.com")

    def test_without_a_secret_no_hash(self, real_db):
        with on_cognito(STUBBED, COGNITO_CLIENT_SECRET=""), Stubber(client.public()) as public:
            public.add_response(
                "sign_up", SIGNED_UP, {k: v for k, v in SIGN_UP.items() if k != "SecretHash"}
            )
            sign_up(CognitoEngine())
            public.assert_no_pending_responses()

    def test_a_confirmed_address_is_told_by_mail_and_the_answer_is_the_same(
        self, engine, public, admin, enqueued
    ):
        public.add_client_error("sign_up", "UsernameExistsException", expected_params=SIGN_UP)
        admin.add_response(
            "admin_get_user",
            {"Username": SUB, "UserStatus": "CONFIRMED"},
            {"UserPoolId": STUBBED.pool_id, "Username": EMAIL},
        )

        sign_up(engine)

        assert enqueued == [("identity.account_exists", {"email": EMAIL, "language": "en"})]

    def test_one_that_waits_gives_way(self, engine, public, admin, enqueued):
        named = {"UserPoolId": STUBBED.pool_id, "Username": EMAIL}
        public.add_client_error("sign_up", "UsernameExistsException")
        admin.add_response("admin_get_user", {"Username": SUB, "UserStatus": "UNCONFIRMED"}, named)
        admin.add_response("admin_delete_user", {}, named)
        public.add_response("sign_up", SIGNED_UP, SIGN_UP)

        sign_up(engine)

        assert enqueued == []

    def test_two_at_once(self, engine, public, admin, enqueued):
        public.add_client_error("sign_up", "UsernameExistsException")
        admin.add_response("admin_get_user", {"Username": SUB, "UserStatus": "UNCONFIRMED"})
        admin.add_client_error("admin_delete_user", "UserNotFoundException")
        public.add_client_error("sign_up", "UsernameExistsException")

        sign_up(engine)

        assert enqueued == []

    @pytest.mark.parametrize(
        ("language", "message", "reason"),
        [
            ("en", "Password did not conform with policy: Password not long enough", "too short"),
            ("ar", "Password did not conform with policy: Password not long enough", "قصيرة"),
            ("en", "Password must have uppercase characters", "capital letter"),
            ("ar", "Password must have symbol characters", "رمز"),
            ("ar", "something new", "اختر كلمة غيرها"),
        ],
    )
    def test_a_refused_password_says_why_in_the_persons_language(
        self, engine, public, language, message, reason
    ):
        public.add_client_error("sign_up", "InvalidPasswordException", message)

        with override(language), pytest.raises(PasswordRefusedError) as refused:
            sign_up(engine)
        assert reason in refused.value.reasons[0]

    def test_a_password_that_cognito_cannot_read(self, engine, public):
        public.add_client_error("sign_up", "InvalidParameterException", MALFORMED % "password")

        with pytest.raises(PasswordRefusedError):
            sign_up(engine)


MALFORMED = (
    "1 validation error detected: Value at '%s' failed to satisfy constraint: Member must satisfy"
    " regular expression pattern: ^[\\S]+.*[\\S]+$"
)


class TestConfirming:
    def test_what_is_asked(self, engine, public):
        public.add_response("confirm_sign_up", {}, {**NAMED, "ConfirmationCode": "123456"})

        engine.confirm(email=EMAIL, code="123456")

    @pytest.mark.parametrize(
        "code",
        ["CodeMismatchException", "ExpiredCodeException", "NotAuthorizedException"]
        + ["UserNotFoundException", "AliasExistsException"],
    )
    def test_refusals(self, engine, public, code):
        public.add_client_error("confirm_sign_up", code)

        with pytest.raises(WrongCodeError):
            engine.confirm(email=EMAIL, code="123456")

    def test_another_code(self, engine, public):
        public.add_response("resend_confirmation_code", {}, {**NAMED, **SPOKEN})

        engine.resend(email=EMAIL, language="en")


class TestForgetting:
    def test_what_is_asked(self, engine, public):
        public.add_response("forgot_password", {}, {**NAMED, **SPOKEN})
        public.add_response(
            "confirm_forgot_password",
            {},
            {**NAMED, "ConfirmationCode": "123456", "Password": PASSWORD},
        )

        engine.forgot(email=EMAIL, language="en")
        engine.reset(email=EMAIL, code="123456", password=PASSWORD)

    @pytest.mark.parametrize("method", ["forgot_password", "resend_confirmation_code"])
    @pytest.mark.parametrize(
        "code",
        ["UserNotFoundException", "NotAuthorizedException", "InvalidParameterException"]
        + ["LimitExceededException", "CodeDeliveryFailureException"],
    )
    def test_what_one_account_is_refused_is_told_to_nobody(self, engine, public, method, code):
        public.add_client_error(method, code)

        ask = engine.forgot if method == "forgot_password" else engine.resend
        ask(email=EMAIL, language="en")

    @pytest.mark.parametrize(
        "code",
        ["CodeMismatchException", "ExpiredCodeException", "UserNotFoundException"]
        + ["NotAuthorizedException", "UserNotConfirmedException"],
    )
    def test_refusals(self, engine, public, code):
        public.add_client_error("confirm_forgot_password", code)

        with pytest.raises(WrongCodeError):
            engine.reset(email=EMAIL, code="123456", password=PASSWORD)

    @pytest.mark.parametrize(
        "code", ["InvalidPasswordException", "PasswordHistoryPolicyViolationException"]
    )
    def test_a_refused_password(self, engine, public, code):
        public.add_client_error("confirm_forgot_password", code)

        with pytest.raises(PasswordRefusedError):
            engine.reset(email=EMAIL, code="123456", password=PASSWORD)


class TestLoggingIn:
    def test_a_grant(self, engine, public, issued):
        public.add_response("initiate_auth", {"AuthenticationResult": issued()}, LOG_IN)

        grant = engine.log_in(email=EMAIL, password=PASSWORD)

        assert (grant.identity.sub, grant.identity.email, grant.identity.language) == (
            SUB,
            EMAIL,
            "en",
        )
        assert (grant.engine_token, grant.expires_in, grant.has_mfa) == (
            "a-refresh-token",
            3600,
            False,
        )

    def test_an_address_that_was_not_proved(self, engine, public, issued):
        result = issued(id_claims={"email_verified": "false"})
        public.add_response("initiate_auth", {"AuthenticationResult": result})

        assert engine.log_in(email=EMAIL, password=PASSWORD).identity.is_verified is False

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("NotAuthorizedException", WrongCredentialsError),
            ("UserNotFoundException", WrongCredentialsError),
            ("PasswordResetRequiredException", WrongCredentialsError),
            ("UserNotConfirmedException", NotConfirmedError),
            *((code, EngineBusyError) for code in BUSY),
            *((code, EngineUnavailableError) for code in BROKEN),
            ("InvalidParameterException", EngineUnavailableError),
        ],
    )
    def test_refusals(self, engine, public, code, expected):
        public.add_client_error("initiate_auth", code, expected_params=LOG_IN)

        with pytest.raises(expected):
            engine.log_in(email=EMAIL, password=PASSWORD)

    def test_a_wrong_secret_of_ours_is_nobodys_password(self, engine, public):
        told = f"Unable to verify secret hash for client {CLIENT}"
        public.add_client_error("initiate_auth", "NotAuthorizedException", told)

        with pytest.raises(EngineUnavailableError):
            engine.log_in(email=EMAIL, password=PASSWORD)

    @pytest.mark.parametrize("name", ["NEW_PASSWORD_REQUIRED", "SMS_MFA", "MFA_SETUP"])
    def test_a_pool_that_asks_for_something_else(self, engine, public, name):
        public.add_response("initiate_auth", {"ChallengeName": name, "Session": "s" * 20})

        with pytest.raises(EngineUnavailableError):
            engine.log_in(email=EMAIL, password=PASSWORD)

    @pytest.mark.parametrize(
        "claims",
        [
            {"id_claims": {"sub": str(uuid4())}},
            {"id_claims": {"aud": "another client"}},
            {"id_claims": {"iss": "https://cognito-idp.me-south-1.amazonaws.com/another"}},
            {"id_claims": {"token_use": "access"}},
            {"id_claims": {"exp": 1}},
            {"access_claims": {"client_id": "another client"}},
            {"access_claims": {"token_use": "id"}},
        ],
    )
    def test_tokens_that_do_not_hold(self, engine, public, issued, claims):
        public.add_response("initiate_auth", {"AuthenticationResult": issued(**claims)})

        with pytest.raises(EngineUnavailableError):
            engine.log_in(email=EMAIL, password=PASSWORD)


class TestTheSecondStep:
    @pytest.fixture
    def token(self, engine, public):
        public.add_response(
            "initiate_auth",
            {
                "ChallengeName": "SOFTWARE_TOKEN_MFA",
                "Session": "a-session-of-the-pool",
                "ChallengeParameters": {"USER_ID_FOR_SRP": SUB},
            },
            LOG_IN,
        )
        asked = engine.log_in(email=EMAIL, password=PASSWORD)
        assert isinstance(asked, Challenge)
        assert SUB not in asked.token
        return asked.token

    def test_what_is_asked_names_the_person_as_cognito_does(self, engine, public, token, issued):
        public.add_response(
            "respond_to_auth_challenge",
            {"AuthenticationResult": issued()},
            {
                "ClientId": CLIENT,
                "ChallengeName": "SOFTWARE_TOKEN_MFA",
                "Session": "a-session-of-the-pool",
                "ChallengeResponses": {
                    "USERNAME": SUB,
                    "SOFTWARE_TOKEN_MFA_CODE": "123456",
                    "SECRET_HASH": secret_hash(SUB),
                },
            },
        )

        grant = engine.answer_challenge(token=token, code="123456")

        assert (engine.challenged_email(token), grant.has_mfa) == (EMAIL, True)

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("CodeMismatchException", WrongCodeError),
            ("ExpiredCodeException", WrongCodeError),
            ("NotAuthorizedException", InvalidTokenError),
            ("UserNotFoundException", InvalidTokenError),
            ("TooManyRequestsException", EngineBusyError),
        ],
    )
    def test_refusals(self, engine, public, token, code, expected):
        public.add_client_error("respond_to_auth_challenge", code)

        with pytest.raises(expected):
            engine.answer_challenge(token=token, code="123456")

    def test_a_recovery_code_takes_the_factor_off(self, engine, token, admin, person):
        _expect_sub(admin)
        admin.add_response(
            "admin_set_user_mfa_preference",
            {},
            {
                **OF_THE_POOL,
                "SoftwareTokenMfaSettings": {"Enabled": False, "PreferredMfa": False},
            },
        )
        used: list[User] = []

        with pytest.raises(FactorRemovedError):
            engine.recover(token=token, use=used.append)

        assert used == [person]

    def test_the_person_is_without_a_factor_then_and_is_told(
        self, engine, token, admin, person, enqueued
    ):
        with scopes.public():
            codes = accounts._new_recovery_codes(person)
        _expect_sub(admin)
        admin.add_response("admin_set_user_mfa_preference", {})
        client_ = accounts.Client(LoginKind.API, Surface.APP)

        with pytest.raises(FactorRemovedError):
            accounts.answer_challenge(
                token=token, code=codes[0], client=client_, now=timezone.now()
            )

        with scopes.public():
            person.refresh_from_db()
        assert (person.has_mfa, accounts.recovery_codes_left(person)) == (False, 0)
        assert [kind for kind, _ in enqueued] == [
            "identity.recovery_code_used",
            "identity.mfa_disabled",
        ]

    def test_revoking_everything_voids_a_password_given_before(self, engine, token, admin, person):
        with scopes.public():
            User.objects.filter(id=person.id).update(
                tokens_valid_after=timezone.now() + timedelta(seconds=1)
            )
        _expect_sub(admin)

        with pytest.raises(InvalidTokenError):
            engine.recover(token=token, use=_must_not_be_used)

    def test_somebody_who_never_was_here_has_no_recovery_codes(self, engine, token, admin):
        _expect_sub(admin)

        with pytest.raises(WrongCodeError):
            engine.recover(token=token, use=_must_not_be_used)

    def test_it_lasts_five_minutes(self, engine, token, monkeypatch):
        later = timezone.now().timestamp() + challenges.CHALLENGE_SECONDS + 2
        monkeypatch.setattr("cryptography.fernet.time.time", lambda: later)

        with pytest.raises(InvalidTokenError):
            engine.challenged_email(token)


REFRESH = {
    "RefreshToken": "an-older-token",
    "ClientId": CLIENT,
    "ClientSecret": STUBBED.client_secret,
}


class TestRefreshing:
    def test_rotated_or_not(self, engine, public, issued):
        for result, expected in (
            (issued(), "a-refresh-token"),
            ({k: v for k, v in issued().items() if k != "RefreshToken"}, "an-older-token"),
        ):
            public.add_response(
                "get_tokens_from_refresh_token", {"AuthenticationResult": result}, REFRESH
            )
            grant = engine.refresh(sub=SUB, engine_token="an-older-token")
            assert grant.engine_token == expected

    @pytest.mark.parametrize(
        "code",
        ["NotAuthorizedException", "UserNotFoundException", "RefreshTokenReuseException"],
    )
    def test_refusals(self, engine, public, code):
        public.add_client_error("get_tokens_from_refresh_token", code)

        with pytest.raises(InvalidTokenError):
            engine.refresh(sub=SUB, engine_token="an-older-token")

    def test_without_a_token_nothing_is_asked(self, engine, public):
        with pytest.raises(InvalidTokenError):
            engine.refresh(sub=SUB, engine_token="")

    def test_while_cognito_is_away_no_token_of_ours_is_used_up(self, public, person, issued):
        cookie, login = _login_of(person)
        public.add_client_error("get_tokens_from_refresh_token", "InternalErrorException")
        with pytest.raises(EngineUnavailableError):
            accounts.refresh(cookie, now=timezone.now())

        public.add_response("get_tokens_from_refresh_token", {"AuthenticationResult": issued()})
        accounts.refresh(cookie, now=timezone.now())

        with scopes.public():
            login.refresh_from_db()
        assert (login.generation, decrypt(login.engine_token)) == (1, "a-refresh-token")

    def test_a_login_that_cognito_ended_ends(self, public, person):
        cookie, login = _login_of(person)
        public.add_client_error("get_tokens_from_refresh_token", "NotAuthorizedException")

        with pytest.raises(InvalidTokenError):
            accounts.refresh(cookie, now=timezone.now())

        with scopes.public():
            login.refresh_from_db()
        assert (login.ended_at is not None, login.engine_token) == (True, "")

    def test_a_page_keeps_the_token_that_it_was_given(self, public, person, issued):
        _cookie, login = _login_of(person)
        public.add_response("get_tokens_from_refresh_token", {"AuthenticationResult": issued()})

        accounts.caller_of(person, login).access_token()

        with scopes.public():
            login.refresh_from_db()
        assert decrypt(login.engine_token) == "a-refresh-token"

    def test_logging_out_revokes_and_holds_though_cognito_is_away(self, public, person):
        _cookie, login = _login_of(person)
        asked = {"Token": "an-older-token", "ClientId": CLIENT}
        asked["ClientSecret"] = STUBBED.client_secret
        public.add_client_error("revoke_token", "InternalErrorException", expected_params=asked)

        assert accounts.log_out(login.id, user=person, now=timezone.now())

    def test_all_of_them(self, engine, admin):
        admin.add_response("admin_user_global_sign_out", {}, OF_THE_POOL)
        admin.add_client_error("admin_user_global_sign_out", "UserNotFoundException")

        for sub in (SUB, SUB, ""):
            engine.revoke_all(sub=sub)


class TestOfTheirOwn:
    """What people change with their own access token."""

    def test_a_password(self, engine, public):
        asked = {"PreviousPassword": "old", "ProposedPassword": PASSWORD}
        public.add_response("change_password", {}, {**asked, "AccessToken": "access.token"})

        engine.change_password(caller(), old="old", new=PASSWORD)

    @pytest.mark.parametrize(
        ("code", "message", "expected"),
        [
            ("NotAuthorizedException", "Incorrect username or password.", WrongCredentialsError),
            ("NotAuthorizedException", "Access Token has been revoked", InvalidTokenError),
            ("LimitExceededException", "Attempt limit exceeded", EngineBusyError),
            ("InvalidPasswordException", "", PasswordRefusedError),
            ("InvalidParameterException", MALFORMED % "proposedPassword", PasswordRefusedError),
        ],
    )
    def test_a_password_refused(self, engine, public, code, message, expected):
        public.add_client_error("change_password", code, message)

        with pytest.raises(expected):
            engine.change_password(caller(), old="old", new=PASSWORD)

    def test_the_password_asked_for_again_leaves_no_login_behind(self, public, person, issued):
        public.add_response("initiate_auth", {"AuthenticationResult": issued()})
        revoked = {"Token": "a-refresh-token", "ClientId": CLIENT}
        revoked["ClientSecret"] = STUBBED.client_secret
        public.add_response("revoke_token", {}, revoked)

        accounts._check_password(person, PASSWORD)

    def test_the_password_of_somebody_else(self, public, person, issued):
        public.add_response("initiate_auth", {"AuthenticationResult": issued(str(uuid4()))})
        public.add_response("revoke_token", {})

        with pytest.raises(WrongCredentialsError):
            accounts._check_password(person, PASSWORD)

    def test_an_address(self, engine, public):
        new = f"new-{uuid4().hex[:8]}@example.com"
        public.add_response(
            "update_user_attributes",
            {},
            {
                "UserAttributes": [{"Name": "email", "Value": new}],
                "AccessToken": "access.token",
                **SPOKEN,
            },
        )
        public.add_response(
            "verify_user_attribute",
            {},
            {"AccessToken": "access.token", "AttributeName": "email", "Code": "123456"},
        )
        public.add_response(
            "get_user",
            {"Username": SUB, "UserAttributes": [{"Name": "email", "Value": new}]},
            {"AccessToken": "access.token"},
        )

        engine.begin_email_change(caller(), email=new.upper(), language="en")
        assert engine.confirm_email_change(caller(), email=new, code="123456") == new

    def test_an_address_that_the_pool_knows(self, engine, public, enqueued):
        public.add_client_error("update_user_attributes", "AliasExistsException")

        engine.begin_email_change(caller(), email=EMAIL, language="ar")

        assert enqueued == [("identity.account_exists", {"email": EMAIL, "language": "ar"})]

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("CodeMismatchException", WrongCodeError),
            ("ExpiredCodeException", WrongCodeError),
            ("AliasExistsException", WrongCodeError),
            ("NotAuthorizedException", InvalidTokenError),
            ("LimitExceededException", EngineBusyError),
        ],
    )
    def test_an_address_refused(self, engine, public, code, expected):
        public.add_client_error("verify_user_attribute", code)

        with pytest.raises(expected):
            engine.confirm_email_change(caller(), email="x@example.com", code="123456")

    def test_a_second_factor(self, engine, public):
        own = {"AccessToken": "access.token"}
        public.add_response("get_user", {"Username": SUB, "UserAttributes": []}, own)
        public.add_response("associate_software_token", {"SecretCode": "ABCDEFGHIJKLMNOP"}, own)
        public.add_response(
            "verify_software_token", {"Status": "SUCCESS"}, {**own, "UserCode": "123456"}
        )
        public.add_response(
            "set_user_mfa_preference",
            {},
            {**own, "SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}},
        )

        assert engine.begin_totp(caller()) == "ABCDEFGHIJKLMNOP"
        engine.confirm_totp(caller(), code="123456")

    def test_a_factor_in_use_is_left_alone(self, engine, public):
        enrolled = {"UserMFASettingList": ["SOFTWARE_TOKEN_MFA"]}
        public.add_response("get_user", {"Username": SUB, "UserAttributes": [], **enrolled})

        with pytest.raises(AlreadyEnrolledError):
            engine.begin_totp(caller())

    @pytest.mark.parametrize(
        "code",
        ["EnableSoftwareTokenMFAException", "CodeMismatchException", "InvalidParameterException"]
        + ["SoftwareTokenMFANotFoundException"],
    )
    def test_a_factor_refused(self, engine, public, code):
        public.add_client_error("verify_software_token", code)

        with pytest.raises(WrongCodeError):
            engine.confirm_totp(caller(), code="123456")

    def test_a_factor_not_taken(self, engine, public):
        public.add_response("verify_software_token", {"Status": "ERROR"})

        with pytest.raises(WrongCodeError):
            engine.confirm_totp(caller(), code="123456")


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://x"),
        ConnectTimeoutError(endpoint_url="https://x"),
        ReadTimeoutError(endpoint_url="https://x"),
    ],
)
def test_a_pool_that_cannot_be_reached(engine, monkeypatch, error):
    def fail(**_):
        raise error

    monkeypatch.setattr(client.public(), "initiate_auth", fail)
    with pytest.raises(EngineUnavailableError):
        engine.log_in(email=EMAIL, password=PASSWORD)


def test_nobody_answers(real_db, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "http://127.0.0.1:9")
    with on_cognito(STUBBED), pytest.raises(EngineUnavailableError):
        CognitoEngine().log_in(email=EMAIL, password=PASSWORD)


def test_operators_calls_without_credentials(engine, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")

    with pytest.raises(EngineUnavailableError):
        engine.revoke_all(sub=SUB)


def test_clients_are_bounded(engine):
    for made in (client.public(), client.admin()):
        config = made.meta.config
        assert (config.connect_timeout, config.read_timeout) == (3, 5)
        assert config.retries["total_max_attempts"] == 2
    assert client.public().meta.config.signature_version is UNSIGNED
    assert client.public().meta.endpoint_url == "https://cognito-idp.me-south-1.amazonaws.com"


def _expect_sub(admin: Stubber) -> None:
    attributes = [{"Name": "sub", "Value": SUB}]
    admin.add_response(
        "admin_get_user", {"Username": SUB, "UserAttributes": attributes}, OF_THE_POOL
    )


def _must_not_be_used(_user: User) -> None:
    raise AssertionError("the recovery code was used up")


def _login_of(user: User) -> tuple[str, Login]:
    with scopes.public():
        login = open_login(
            user=user,
            kind=LoginKind.API,
            surface=Surface.APP,
            has_mfa=False,
            engine_token=encrypt("an-older-token"),
            user_agent="tests",
            now=timezone.now(),
        )
    return refresh_token(login), login


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What is written into the outbox."""
    events: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(
        "tenants.domain.outbox.enqueue_for_person",
        lambda kind, payload: events.append((kind, payload)),
    )
    return events
