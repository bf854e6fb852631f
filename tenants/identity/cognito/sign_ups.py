"""Signing up with Cognito, for addresses that are new, wait to be confirmed, or have an account.

Cognito keeps the password of the first sign-up with an address, however many come after. Whoever was
first with another's address would own the account once its true owner confirms it: so a sign-up takes
the place of one that waits.
"""

from django.db import transaction

from tenants import scopes
from tenants.domain import outbox
from tenants.identity.cognito.client import public
from tenants.identity.cognito.errors import KnownAddressError, refusals
from tenants.identity.cognito.people import forget, waits_for_confirmation
from tenants.identity.cognito.secrets import client_and_hash


def sign_up(*, email: str, password: str, name: str, language: str) -> None:
    """Begin an account, or tell the one there is by mail. Raises PasswordRefusedError."""
    try:
        _begin(email, password, name, language)
    except KnownAddressError:
        if not waits_for_confirmation(email):
            tell_account_exists(email, language)
            return
        forget(email)
        try:
            _begin(email, password, name, language)
        except KnownAddressError:  # another sign-up was faster: its code is on its way
            return


def tell_account_exists(email: str, language: str) -> None:
    """Mail whoever reads this address that they have an account."""
    with scopes.public(), transaction.atomic():
        outbox.enqueue_for_person("identity.account_exists", {"email": email, "language": language})


def spoken(language: str) -> dict[str, dict[str, str]]:
    """What a pool's custom-message trigger can choose the mail's language by."""
    return {"ClientMetadata": {"language": language}}


def _begin(email: str, password: str, name: str, language: str) -> None:
    told = {"email": email, "name": name, "locale": language}
    with refusals():
        public().sign_up(
            **client_and_hash(email),
            Username=email,
            Password=password,
            UserAttributes=[{"Name": key, "Value": told[key]} for key in told if told[key]],
            **spoken(language),
        )
