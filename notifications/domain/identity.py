"""Events of people's own accounts: codes to prove an address, and notice of what changed."""

from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from notifications.domain.letters import Letter, mailable
from notifications.domain.messages import write_message
from notifications.queries.audience import owners_audience
from tenants import scopes
from tenants.domain.addresses import surface_address
from tenants.domain.days import ZONE
from tenants.domain.outbox import handles
from tenants.gateways.encryption import decrypt
from tenants.identity.embedded.engine import send_reset_code
from tenants.models import OutboxEvent, Tenant

#: Event → subject and lead of the letter with the code.
_CODES = {
    "identity.sign_up_code": (
        gettext_lazy("Your code for Souqna"),
        gettext_lazy("Enter this code to confirm your e-mail address:"),
    ),
    "identity.reset_code": (
        gettext_lazy("Your code for a new password"),
        gettext_lazy("Enter this code to choose a new password:"),
    ),
    "identity.change_email_code": (
        gettext_lazy("Your code for the new address"),
        gettext_lazy("Enter this code to use this e-mail address with your Souqna account:"),
    ),
}
#: Event → subject and text of the notice.
_NOTICES = {
    "identity.account_exists": (
        gettext_lazy("You have a Souqna account already"),
        gettext_lazy(
            "Somebody, probably you, has just asked for an account with this address. You have one:"
            " log in, or choose a new password if you have forgotten yours."
        ),
    ),
    "identity.password_changed": (
        gettext_lazy("Your password was changed"),
        gettext_lazy("The password of your Souqna account was changed."),
    ),
    "identity.email_changed": (
        gettext_lazy("Your e-mail address was changed"),
        gettext_lazy("Your Souqna account now uses another e-mail address."),
    ),
    "identity.mfa_enabled": (
        gettext_lazy("Two-step verification is on"),
        gettext_lazy("From now on, logging in to your Souqna account takes a second step."),
    ),
    "identity.mfa_disabled": (
        gettext_lazy("Two-step verification is off"),
        gettext_lazy("Logging in to your Souqna account takes the password alone again."),
    ),
    "identity.mfa_reset": (
        gettext_lazy("Two-step verification was taken off your account"),
        gettext_lazy(
            "We have taken two-step verification off your account and ended all your logins. The"
            " reason that was given: %(reason)s"
        ),
    ),
    "identity.sso_linked": (
        gettext_lazy("Single sign-on was connected to your account"),
        gettext_lazy(
            "From now on, your Souqna account can also be entered by logging in at %(issuer)s."
        ),
    ),
    "identity.recovery_codes_renewed": (
        gettext_lazy("You have new recovery codes"),
        gettext_lazy("New recovery codes were made for your account; the old ones are void."),
    ),
    "identity.recovery_code_used": (
        gettext_lazy("A recovery code was used"),
        gettext_lazy("Somebody logged in to your account with one of your recovery codes."),
    ),
}


def send_code(event: OutboxEvent) -> None:
    """The code goes to the address that it is to prove."""
    subject, lead = _CODES[event.kind]
    with override(event.payload["language"]):
        context = {"code": decrypt(event.payload["code"]), "lead": str(lead)}
        _write(event, str(subject), "identity/code", context)


def send_notice(event: OutboxEvent) -> None:
    """The person learns what was done with their account, and what to do if it wasn't them."""
    subject, text = _NOTICES[event.kind]
    with override(event.payload["language"]):
        context = {
            "text": str(text) % event.payload,
            "at": _moment(event.payload.get("at", "")),
            "log_in_url": surface_address("app", "/login/"),
            "forgot_url": surface_address("app", "/forgot/"),
            "was_it_you": event.kind != "identity.account_exists",
        }
        _write(event, str(subject), "identity/notice", context)


@handles("identity.forgotten")
def send_reset(event: OutboxEvent) -> None:
    """The code for a new password, if there is anybody to send it to."""
    with scopes.public():
        send_reset_code(event.payload["email"], event.payload["language"])


@handles("member.mfa_reset")
def tell_owners(event: OutboxEvent) -> None:
    """The owners learn that we took a member's second factor off; the member is told by `send_notice`."""
    tenant = Tenant.objects.get()  # row-level security: a tenant sees one, itself
    for owner in owners_audience():
        if str(owner.id) == event.payload["user"]:
            continue
        with override(owner.language):
            text = _(
                "We have taken two-step verification off the account of %(member)s, who belongs to"
                " %(shop)s. The reason that was given: %(reason)s"
            ) % {
                "member": event.payload["email"],
                "shop": tenant.name,
                "reason": event.payload["reason"],
            }
            context = {
                "text": text,
                "at": _moment(event.payload["at"]),
                "log_in_url": surface_address("app", f"/login/?next=/{tenant.slug}/team/"),
            }
            subject = _("Two-step verification was taken off a member’s account")
            _write(
                event, subject, "identity/owners", context, to=owner.email, language=owner.language
            )


for _kind in _CODES:
    handles(_kind)(send_code)
for _kind in _NOTICES:
    handles(_kind)(send_notice)


def _write(
    event: OutboxEvent,
    subject: str,
    template: str,
    context: dict[str, Any],
    *,
    to: str = "",
    language: str = "",
) -> None:
    recipient = mailable(to or event.payload["email"])
    if not recipient:
        return
    write_message(
        event,
        Letter(
            kind=event.kind,
            recipient=recipient,
            language=language or event.payload["language"],
            subject=subject,
            template=template,
            sender=_("Souqna"),
            context={**context, "heading": subject, "shop": _("Souqna")},
        ),
    )


def _moment(text: str) -> str:
    """When it happened, in Kuwait; nothing if that isn't told."""
    moment = parse_datetime(text) if text else None
    return date_format(localtime(moment, ZONE), "j F Y, H:i") if moment else ""
