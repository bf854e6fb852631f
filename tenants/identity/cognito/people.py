"""People as the pool knows them."""

from typing import Any

from django.conf import settings

from tenants.identity.cognito.client import admin, public
from tenants.identity.cognito.errors import NothingToDoError, ignoring_nobody, refusals
from tenants.identity.port import InvalidTokenError

TOTP = "SOFTWARE_TOKEN_MFA"


def attributes_of(access_token: str) -> dict[str, str]:
    """The attributes of whoever the access token is of. Raises InvalidTokenError."""
    return _attributes(_get_user(access_token))


def is_enrolled(access_token: str) -> bool:
    """Whether whoever the access token is of has a second factor. Raises InvalidTokenError."""
    return TOTP in _get_user(access_token).get("UserMFASettingList", [])


def sub_of(username: str) -> str:
    """The `sub` of a user name. Signed with our credentials. Raises InvalidTokenError."""
    with refusals(UserNotFound=InvalidTokenError):
        return _attributes(_admin_get_user(username))["sub"]


def waits_for_confirmation(email: str) -> bool:
    """Whether there is an account with this address that nobody has confirmed. Signed."""
    try:
        with refusals(UserNotFound=NothingToDoError):
            return bool(_admin_get_user(email).get("UserStatus") == "UNCONFIRMED")
    except NothingToDoError:
        return False


def forget(email: str) -> None:
    """Delete an account that waits for confirmation. Signed."""
    with ignoring_nobody():
        admin().admin_delete_user(UserPoolId=settings.COGNITO_USER_POOL_ID, Username=email)


def prefer_totp(access_token: str) -> None:
    """Ask for a TOTP code at each log-in from now on. Raises InvalidTokenError."""
    with refusals(NotAuthorized=InvalidTokenError):
        public().set_user_mfa_preference(
            AccessToken=access_token,
            SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True},
        )


def forget_totp(sub: str) -> None:
    """Ask for no TOTP code any more. Signed."""
    with ignoring_nobody():
        admin().admin_set_user_mfa_preference(
            UserPoolId=settings.COGNITO_USER_POOL_ID,
            Username=sub,
            SoftwareTokenMfaSettings={"Enabled": False, "PreferredMfa": False},
        )


def sign_out(sub: str) -> None:
    """Void all of a person's refresh tokens, and their access tokens for Cognito's own API. Signed."""
    with ignoring_nobody():
        admin().admin_user_global_sign_out(UserPoolId=settings.COGNITO_USER_POOL_ID, Username=sub)


def _get_user(access_token: str) -> dict[str, Any]:
    with refusals(NotAuthorized=InvalidTokenError):
        answer: dict[str, Any] = public().get_user(AccessToken=access_token)
    return answer


def _admin_get_user(username: str) -> dict[str, Any]:
    answer: dict[str, Any] = admin().admin_get_user(
        UserPoolId=settings.COGNITO_USER_POOL_ID, Username=username
    )
    return answer


def _attributes(user: dict[str, Any]) -> dict[str, str]:
    return {pair["Name"]: pair["Value"] for pair in user["UserAttributes"]}
