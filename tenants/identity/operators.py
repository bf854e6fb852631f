"""What operators do from the command line: for themselves in an emergency, and for who lost a phone."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from tenants import scopes
from tenants.domain import audit, outbox
from tenants.domain.tenants import get_or_create_user
from tenants.identity import accounts
from tenants.identity.embedded import totp
from tenants.identity.embedded.engine import make_account_ready
from tenants.models import User
from tenants.queries.members import memberships_of

_PASSWORD_BYTES = 18


class PersonRefusedError(Exception):
    """It can't be done for this person; the text says why, for the operator."""


@dataclass(frozen=True, slots=True)
class Superadmin:
    """A super admin, and what was made for them just now; empty where they had it already."""

    email: str
    was_one: bool
    password: str = ""
    totp_secret: str = ""
    otpauth_url: str = ""


def make_superadmin(email: str, *, now: datetime) -> Superadmin:
    """Make a person a super admin, and the person if there is none; also of one who was shut out.

    The embedded engine gives a password and a second factor to who has none; Cognito's people bring their
    own. Repeating it changes nothing. Enters the public scope. Raises PersonRefusedError.
    """
    _check(email)
    with scopes.public(), transaction.atomic():
        user: User = User.objects.select_for_update().get(id=get_or_create_user(email).id)
        was_one = user.is_superuser and user.is_active
        user.is_superuser = user.is_active = True
        user.save(update_fields=["is_superuser", "is_active"])
        password, secret = _credentials(user, now=now)
        made = Superadmin(user.email, was_one, password, secret, _address(user, secret))
        if not was_one or password or secret:
            audit.record_of_person(
                "person.made_superadmin",
                actor_id=user.id,
                by="create_superadmin",
                password=bool(password),
                second_factor=bool(secret),
            )
    return made


def reset_lost_factor(email: str, *, reason: str, now: datetime) -> bool:
    """Take a lost second factor off a person. They, and the owners of their organisations, are told by
    mail; it is audited with the person and with each organisation.

    False if they have none. Raises PersonRefusedError for an unknown person and without a reason.
    """
    if not reason.strip():
        raise PersonRefusedError("a reason is needed: it is kept in the audit log")
    with scopes.public():
        user = User.objects.with_email(email).first()
        if user is None:
            raise PersonRefusedError(f"there is nobody with the address {email}")
        has_factor = user.has_mfa or totp.is_enrolled(user)
    if not has_factor:
        return False
    accounts.reset_mfa(user, reason=reason, now=now)
    for membership in memberships_of(user):
        _tell_organisation(membership.tenant_id, user, reason=reason, now=now)
    return True


def _tell_organisation(tenant_id: UUID, user: User, *, reason: str, now: datetime) -> None:
    with scopes.tenant(tenant_id), transaction.atomic():
        audit.record("member.mfa_reset", member=str(user.id), reason=reason)
        outbox.enqueue(
            "member.mfa_reset",
            {
                "user": str(user.id),
                "email": user.email,
                "name": user.name,
                "reason": reason,
                "at": now.isoformat(),
            },
        )


def _check(email: str) -> None:
    try:
        User(email=email).clean_fields(exclude=("password",))
    except ValidationError as error:
        texts = " ".join(error.messages)
        raise PersonRefusedError(f"{email}: {texts}") from error


def _credentials(user: User, *, now: datetime) -> tuple[str, str]:
    """A new password and a new TOTP secret, each only if there is none."""
    if settings.IDENTITY_ENGINE != "embedded":
        return "", ""
    password = secret = ""
    if user.cognito_sub is None or not user.has_usable_password():
        password = secrets.token_urlsafe(_PASSWORD_BYTES)
        make_account_ready(user, password)
    if not totp.is_enrolled(user):
        secret = totp.new_secret()
        totp.enrol(user, secret)
        user.mfa_enabled_at = now
        user.save(update_fields=["mfa_enabled_at"])
    return password, secret


def _address(user: User, secret: str) -> str:
    return str(get_adapter().build_totp_url(user, secret)) if secret else ""
