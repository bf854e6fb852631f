"""The Cognito engine: accounts in a user pool, through its API and behind our own pages.

Passwords go to Cognito as they are (USER_PASSWORD_AUTH), inside TLS. SRP would keep them from Cognito's
front, but not from us: people type them into our pages either way, so all it would buy is two more
round trips. The pool is set up as docs/identity.md says; it sends its mails itself.
"""

import re
from collections.abc import Callable
from uuid import UUID

from django.conf import settings

from tenants import scopes
from tenants.identity.cognito import challenges
from tenants.identity.cognito.client import public
from tenants.identity.cognito.errors import KnownAddressError, quietly, refusals
from tenants.identity.cognito.grants import grant_of
from tenants.identity.cognito.people import (
    TOTP,
    attributes_of,
    forget_totp,
    is_enrolled,
    prefer_totp,
    sign_out,
    sub_of,
)
from tenants.identity.cognito.secrets import client_and_hash, client_and_secret, hash_parameter
from tenants.identity.cognito.sign_ups import sign_up as begin
from tenants.identity.cognito.sign_ups import spoken, tell_account_exists
from tenants.identity.passwords import check_new_password
from tenants.identity.port import (
    AlreadyEnrolledError,
    Caller,
    Challenge,
    EngineUnavailableError,
    FactorRemovedError,
    Grant,
    IdentityEngine,
    InvalidTokenError,
    WrongCodeError,
    WrongCredentialsError,
)
from tenants.models import User

_CODE = re.compile(r"[0-9]{6}")


class CognitoEngine(IdentityEngine):
    """See the port. It keeps nothing but clients, which threads may share."""

    def sign_up(self, *, email: str, password: str, name: str, language: str) -> None:
        """See the port. The later of two sign-ups counts, until one is confirmed (`sign_ups.py`)."""
        check_new_password(password, User(email=email, name=name))
        begin(email=_name(email), password=password, name=name, language=language)

    def confirm(self, *, email: str, code: str) -> bool:
        """See the port. Confirmed already, and no such person, are wrong codes as well."""
        with refusals(
            NotAuthorized=WrongCodeError,
            InvalidParameter=WrongCodeError,
            AliasExists=WrongCodeError,
        ):
            public().confirm_sign_up(
                **client_and_hash(_name(email)), Username=_name(email), ConfirmationCode=_code(code)
            )
        return True

    def resend(self, *, email: str, language: str) -> None:
        """See the port."""
        with quietly():
            public().resend_confirmation_code(
                **client_and_hash(_name(email)), Username=_name(email), **spoken(language)
            )

    def log_in(self, *, email: str, password: str) -> Grant | Challenge:
        """See the port."""
        name = _name(email)
        parameters = {"USERNAME": name, "PASSWORD": password, **hash_parameter(name)}
        with refusals(MalformedInput=WrongCredentialsError):
            answer = public().initiate_auth(
                AuthFlow="USER_PASSWORD_AUTH",
                ClientId=settings.COGNITO_CLIENT_ID,
                AuthParameters=parameters,
            )
        if "ChallengeName" not in answer:
            return grant_of(answer["AuthenticationResult"], has_mfa=False)
        if answer["ChallengeName"] != TOTP:
            raise EngineUnavailableError(f"the pool asks for {answer['ChallengeName']}")
        # From here on Cognito knows the person by its own name for them, in the secret hash too.
        username = answer.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP") or name
        return Challenge(
            challenges.sealed(session=answer["Session"], username=username, email=name)
        )

    def answer_challenge(self, *, token: str, code: str) -> Grant:
        """See the port. A session that is over or used up is an invalid token."""
        pending = challenges.opened(token)
        answers = {
            "USERNAME": pending.username,
            f"{TOTP}_CODE": _code(code),
            **hash_parameter(pending.username),
        }
        with refusals(NotAuthorized=InvalidTokenError):
            answer = public().respond_to_auth_challenge(
                ClientId=settings.COGNITO_CLIENT_ID,
                ChallengeName=TOTP,
                Session=pending.session,
                ChallengeResponses=answers,
            )
        if "AuthenticationResult" not in answer:
            raise EngineUnavailableError(f"the pool asks for {answer.get('ChallengeName')}")
        return grant_of(answer["AuthenticationResult"], has_mfa=True)

    def recover(self, *, token: str, use: Callable[[User], None]) -> Grant:
        """See the port. Cognito takes nothing in place of a TOTP code, so the factor is turned off."""
        pending = challenges.opened(token)
        sub = sub_of(pending.username)
        with scopes.public():
            user = User.objects.filter(cognito_sub=sub).first()
        if user is None:
            raise WrongCodeError  # they never were here, so they have no recovery codes of ours
        if pending.is_void(user):
            raise InvalidTokenError
        use(user)
        self.disable_totp(sub=sub)
        raise FactorRemovedError

    def challenged_email(self, token: str) -> str:
        """See the port."""
        return challenges.opened(token).email

    def forgot(self, *, email: str, language: str) -> None:
        """See the port."""
        with quietly():
            public().forgot_password(
                **client_and_hash(_name(email)), Username=_name(email), **spoken(language)
            )

    def reset(self, *, email: str, code: str, password: str) -> None:
        """See the port. The pool leaves the second factor alone."""
        check_new_password(password, User(email=email))
        with refusals(
            NotAuthorized=WrongCodeError,
            UserNotConfirmed=WrongCodeError,
            InvalidParameter=WrongCodeError,
        ):
            public().confirm_forgot_password(
                **client_and_hash(_name(email)),
                Username=_name(email),
                ConfirmationCode=_code(code),
                Password=password,
            )

    def refresh(self, *, sub: str, engine_token: str, login_id: UUID | None = None) -> Grant:
        """See the port. With rotation on, the grant's `engine_token` is another one, and this one is
        good for the client's grace period only.
        """
        if not engine_token:
            raise InvalidTokenError
        with refusals(NotAuthorized=InvalidTokenError, RefreshTokenReuse=InvalidTokenError):
            answer = public().get_tokens_from_refresh_token(
                RefreshToken=engine_token, **client_and_secret()
            )
        grant = grant_of(answer["AuthenticationResult"], has_mfa=False, engine_token=engine_token)
        if grant.identity.sub != sub:
            raise InvalidTokenError
        return grant

    def revoke(self, *, engine_token: str) -> None:
        """See the port."""
        if engine_token:
            with refusals():
                public().revoke_token(Token=engine_token, **client_and_secret())

    def revoke_all(self, *, sub: str) -> None:
        """See the port. Access tokens go on to verify: ours to refuse, by `tokens_valid_after`."""
        if sub:
            sign_out(sub)

    def change_password(self, caller: Caller, *, old: str, new: str) -> None:
        """See the port."""
        check_new_password(new, User(email=caller.email))
        token = caller.access_token()
        with refusals():
            public().change_password(PreviousPassword=old, ProposedPassword=new, AccessToken=token)

    def begin_email_change(self, caller: Caller, *, email: str, language: str) -> None:
        """See the port. A taken address gets a mail as well, but no code: nobody learns which it is."""
        if _is_taken(email, but=caller.sub):
            tell_account_exists(email, language)
            return
        token = caller.access_token()
        try:
            with refusals(NotAuthorized=InvalidTokenError):
                public().update_user_attributes(
                    UserAttributes=[{"Name": "email", "Value": _name(email)}],
                    AccessToken=token,
                    **spoken(language),
                )
        except KnownAddressError:
            tell_account_exists(email, language)

    def confirm_email_change(self, caller: Caller, *, email: str, code: str) -> str:
        """See the port."""
        if _is_taken(email, but=caller.sub):  # taken since the code was sent
            raise WrongCodeError
        token = caller.access_token()
        with refusals(NotAuthorized=InvalidTokenError, AliasExists=WrongCodeError):
            public().verify_user_attribute(
                AccessToken=token, AttributeName="email", Code=_code(code)
            )
        return attributes_of(token)["email"].lower()

    def begin_totp(self, caller: Caller) -> str:
        """See the port. Asking for a secret would void the one in use, so that is looked up first."""
        token = caller.access_token()
        if is_enrolled(token):
            raise AlreadyEnrolledError
        with refusals(NotAuthorized=InvalidTokenError):
            return str(public().associate_software_token(AccessToken=token)["SecretCode"])

    def confirm_totp(self, caller: Caller, *, code: str) -> None:
        """See the port."""
        token = caller.access_token()
        with refusals(
            NotAuthorized=InvalidTokenError,
            InvalidParameter=WrongCodeError,
            SoftwareTokenMFANotFound=WrongCodeError,
        ):
            answer = public().verify_software_token(AccessToken=token, UserCode=_code(code))
        if answer.get("Status") != "SUCCESS":
            raise WrongCodeError
        prefer_totp(token)

    def disable_totp(self, *, sub: str) -> None:
        """See the port."""
        if sub:
            forget_totp(sub)


def _name(email: str) -> str:
    """The user name: a pool minds the case where it was made to, and so does the secret hash."""
    return email.lower()


def _code(code: str) -> str:
    """The code if it looks like one: Cognito calls anything else a mistake of the program's."""
    if not _CODE.fullmatch(code):
        raise WrongCodeError
    return code


def _is_taken(email: str, *, but: str) -> bool:
    """Whether somebody else of ours has the address, with an account or merely invited."""
    with scopes.public():
        others = User.objects.with_email(email).exclude(cognito_sub=but)
        return bool(others.exists())
