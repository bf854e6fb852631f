"""From a provider's person to an account of ours, and into it."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from tenants import scopes
from tenants.domain.tenants import get_or_create_user
from tenants.identity import accounts
from tenants.identity.accounts import Client, LoggedIn
from tenants.identity.embedded.engine import challenge_token, prove_address
from tenants.identity.people import person_of
from tenants.identity.port import Challenge, Grant, Identity, WrongCredentialsError
from tenants.identity.sso.port import SsoAccountError, SsoIdentity, SsoUnverifiedError
from tenants.identity.telling import tell
from tenants.models import ExternalIdentity, User


def log_in(
    found: SsoIdentity, *, client: Client, language: str, now: datetime
) -> LoggedIn | Challenge:
    """Log the person in; one with a second factor still has to give it. Enters the public scope.

    `language` is a new person's. Raises SsoUnverifiedError, SsoAccountError.
    """
    try:
        with scopes.public(), transaction.atomic():
            user = _person(found, language=language, now=now)
            if not user.is_active:
                raise SsoAccountError
        if user.has_mfa and not _is_our_own(found):
            return _challenge(user)
        return accounts.log_in_proved(_grant(user, found), client=client, now=now)
    except WrongCredentialsError as error:
        raise SsoAccountError from error


def _person(found: SsoIdentity, *, language: str, now: datetime) -> User:
    if _is_our_own(found):
        return person_of(Identity(found.sub, found.email, found.is_verified, found.name))
    return _linked_person(found) or _newly_linked_person(found, language=language, now=now)


def _is_our_own(found: SsoIdentity) -> bool:
    """Whether the provider is the identity engine itself (Cognito's managed login): its `sub` is the
    person's own, and it has asked for the second factor.
    """
    return found.issuer == settings.IDENTITY_ISSUER


def _linked_person(found: SsoIdentity) -> User | None:
    link = (
        ExternalIdentity.objects.select_related("user")
        .filter(issuer=found.issuer, sub=found.sub)
        .first()
    )
    return link.user if link else None


def _newly_linked_person(found: SsoIdentity, *, language: str, now: datetime) -> User:
    """The person with this address, who is linked from now on and told so; a new one if there is none.

    An address that has another `sub` at the same provider opens nothing: it was given to somebody else.
    """
    if not found.is_verified:
        raise SsoUnverifiedError
    user = User.objects.select_for_update().get(id=get_or_create_user(found.email).id)
    linked = _linked_person(found)  # by another request, before the lock was ours
    if linked is not None:
        return linked
    if (
        not user.is_active
        or ExternalIdentity.objects.filter(user=user, issuer=found.issuer).exists()
    ):
        raise SsoAccountError
    if user.cognito_sub is None:
        _make_account(user, found, language)
    ExternalIdentity.objects.create(user=user, issuer=found.issuer, sub=found.sub)
    tell(user, "sso_linked", now=now, issuer=found.issuer)
    return user


def _make_account(user: User, found: SsoIdentity, language: str) -> None:
    if settings.IDENTITY_ENGINE != "embedded":
        raise SsoAccountError  # Cognito gives its people their `sub`: they sign up there first
    user.name, user.language = user.name or found.name, language
    prove_address(user)


def _challenge(user: User) -> Challenge:
    if settings.IDENTITY_ENGINE != "embedded":
        raise SsoAccountError  # Cognito asks for its second factor after its own password alone
    return Challenge(challenge_token(user))


def _grant(user: User, found: SsoIdentity) -> Grant:
    """What the log-in yields: no token of ours, and the engine's own if it is the provider."""
    is_engines = _is_our_own(found) and settings.OIDC_CLIENT_ID == settings.IDENTITY_CLIENT_ID
    return Grant(
        Identity(user.cognito_sub or "", user.email, is_verified=True, name=user.name),
        access_token="",
        expires_in=0,
        engine_token=found.refresh_token if is_engines else "",
        has_mfa=user.has_mfa,
    )
