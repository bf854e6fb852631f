"""From an engine's identity to a person of ours."""

from django.db import IntegrityError, transaction

from tenants.domain.tenants import get_or_create_user
from tenants.identity.port import Identity, WrongCredentialsError
from tenants.models import User


def person_of(identity: Identity) -> User:
    """The person with this `sub`; else the one with this proved address who has none yet, or a new one.

    In the public scope. Raises WrongCredentialsError for a person who is shut out, and for an address
    that isn't proved or is somebody else's: an e-mail address never opens an account that has a `sub`.
    """
    user: User | None = User.objects.filter(cognito_sub=identity.sub).first()
    if user is None:
        user = _linked(identity)
    if not user.is_active:
        raise WrongCredentialsError
    return user


def _linked(identity: Identity) -> User:
    if not identity.is_verified or not identity.sub:
        raise WrongCredentialsError
    user = get_or_create_user(identity.email)
    if user.cognito_sub is not None:
        raise WrongCredentialsError
    user.cognito_sub, user.name = identity.sub, user.name or identity.name
    user.language = identity.language or user.language
    try:
        with transaction.atomic():
            user.save(update_fields=["cognito_sub", "name", "language"])
    except IntegrityError as error:  # two first log-ins at once
        raise WrongCredentialsError from error
    return user
