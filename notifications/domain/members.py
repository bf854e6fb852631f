"""Events of a team: whoever it happens to is told, and the owners of a new owner."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from notifications.domain.letters import Letter, mailable, one_line
from notifications.domain.messages import write_message
from notifications.queries.audience import owners_audience, people_with
from storefront.domain.colours import palette
from storefront.queries.settings import get_storefront
from tenants.domain.addresses import surface_address
from tenants.domain.outbox import declare, handles
from tenants.enums import Role
from tenants.models import OutboxEvent, Tenant, User

# Told to nobody: who left knows, and whom the policy concerns learns it at their next step.
declare("member.left", "tenant.mfa_policy_changed")

#: Event → subject and text of the notice.
_WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "member.role_changed": (
        gettext_lazy("Your role at %(shop)s has changed"),
        gettext_lazy("%(actor)s changed your role in the team of %(shop)s to: %(role)s."),
    ),
    "member.removed": (
        gettext_lazy("You are no longer in the team of %(shop)s"),
        gettext_lazy(
            "%(actor)s took you off the team of %(shop)s. Its dashboard is closed to you from now on."
        ),
    ),
    "ownership.transferred": (
        gettext_lazy("%(shop)s has a new owner"),
        gettext_lazy("%(actor)s handed ownership of %(shop)s over to %(person)s."),
    ),
    "tenant.renamed": (
        gettext_lazy("The address of %(shop)s has changed"),
        gettext_lazy(
            "%(actor)s changed the address of the page of %(shop)s to %(address)s. Links to the old"
            " one lead there."
        ),
    ),
}


@handles("member.role_changed")
@handles("member.removed")
def tell_member(event: OutboxEvent) -> None:
    """The person concerned hears of it, unless they did it themselves."""
    if event.payload["user"] != event.payload["actor"]:
        _tell(event, people_with([UUID(event.payload["user"])]))


@handles("tenant.renamed")
def tell_of_address(event: OutboxEvent) -> None:
    """All owners hear of it, the one who did it among them: links that were printed are theirs."""
    _tell(event, owners_audience())


@handles("ownership.transferred")
def tell_owners(event: OutboxEvent) -> None:
    """All owners hear of it, the new one among them, and the one who was it before."""
    concerned = (UUID(event.payload["user"]), UUID(event.payload["actor"]))
    _tell(event, owners_audience(*concerned))


def _tell(event: OutboxEvent, people: Iterable[User]) -> None:
    tenant = Tenant.objects.get()
    accent = palette(get_storefront().accent).light
    for person in people:
        recipient = mailable(person.email)
        if recipient:
            with override(person.language):
                letter = _letter(event, tenant, person.language, recipient)
                letter.context["accent"] = accent
                write_message(event, letter)


def _letter(event: OutboxEvent, tenant: Tenant, language: str, recipient: str) -> Letter:
    subject, text = map(str, _WORDS[event.kind])
    words = {
        "shop": one_line(tenant.name, most=60),
        "actor": _name(event.payload["actor"]),
        "person": _name(event.payload["user"]) if "user" in event.payload else "",
        "address": surface_address(event.payload.get("slug", ""), ""),
        "role": _role(event.payload.get("role", "")),
    }
    is_removed = event.kind == "member.removed"
    return Letter(
        kind=event.kind,
        recipient=recipient,
        language=language,
        subject=subject % words,
        template="team/notice",
        sender=_("Souqna"),
        context={
            "heading": subject % words,
            "text": text % words,
            "shop": words["shop"],
            "team_url": "" if is_removed else surface_address("app", f"/{tenant.slug}/team/"),
        },
    )


def _name(user_id: str) -> str:
    person = next(iter(people_with([UUID(user_id)])), None)
    return one_line(person.name or person.email, most=60) if person else _("Souqna")


def _role(role: str) -> str:
    return str(Role(role).label) if role else ""
