"""Events of invitations: the link goes to the person invited."""

from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications.domain.letters import Letter, mailable, one_line
from notifications.domain.messages import write_message
from notifications.queries.audience import people_with, person_at
from storefront.domain.colours import palette
from storefront.queries.settings import get_storefront
from tenants.domain.addresses import surface_address
from tenants.domain.days import ZONE
from tenants.domain.outbox import declare, handles
from tenants.gateways.encryption import decrypt
from tenants.models import Invitation, OutboxEvent, Tenant, User
from tenants.validators.invitations import hash_of

# Told to nobody: the team's page shows it.
declare("invitation.accepted", "invitation.revoked")


@handles("invitation.sent")
def send_invitation(event: OutboxEvent) -> None:
    """The link, in the language of the invited person if we know it, else the inviter's. One that was
    revoked or replaced meanwhile isn't sent.
    """
    token = decrypt(event.payload["token"])
    invitation = Invitation.objects.filter(token_hash=hash_of(token)).first()
    if invitation is None or not invitation.is_open(timezone.now()):
        return
    recipient = mailable(invitation.email)
    if not recipient:
        return
    inviter = _person(event.payload["actor"])
    language = _language(invitation, inviter)
    with override(language):
        write_message(event, _letter(invitation, inviter, recipient, language, token))


def _person(user_id: str) -> User | None:
    return next(iter(people_with([UUID(user_id)])), None)


def _language(invitation: Invitation, inviter: User | None) -> str:
    known = person_at(invitation.email)
    # Who never logged in has chosen no language.
    if known is not None and known.cognito_sub is not None:
        return known.language
    return inviter.language if inviter else Tenant.objects.get().default_language


def _letter(
    invitation: Invitation, inviter: User | None, recipient: str, language: str, token: str
) -> Letter:
    # Row-level security: a tenant sees one tenant, itself.
    shop = one_line(Tenant.objects.get().name, most=60)
    until = timezone.localtime(invitation.expires_at, ZONE)
    return Letter(
        kind="invitation.sent",
        recipient=recipient,
        language=language,
        subject=_("An invitation to the team of %(shop)s") % {"shop": shop},
        template="team/invitation",
        sender=_("Souqna"),
        reply_to=mailable(inviter.email) if inviter else "",
        context={
            "shop": shop,
            "inviter": one_line(inviter.name or inviter.email, most=60) if inviter else "",
            "email": recipient,
            "role": invitation.get_role_display(),
            "until": date_format(until, "j F Y, H:i"),
            "invitation_url": surface_address("app", f"/invitations/{token}/"),
            "accent": palette(get_storefront().accent).light,
        },
    )
