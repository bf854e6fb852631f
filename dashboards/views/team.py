"""The staff's page of the team: members, invitations, and who needs two-step verification."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from dashboards.forms.team import InviteForm, RoleForm, SecurityForm, roles_for
from dashboards.queries.team import team_seen_by
from dashboards.views.orders import is_fragment
from dashboards.views.pages import page, person_of, tenant_of
from tenants.domain import invitations, members
from tenants.domain.mfa_policies import OwnFactorFirstError, change_mfa_policy
from tenants.domain.permissions import Permission, PermissionDeniedError, may
from tenants.domain.problems import wording
from tenants.gateways.rate_limits import RateLimitedError
from tenants.models import TenantMember
from tenants.queries.members import with_people
from tenants.requests import SurfaceRequest

#: Whoever comes by a link (after logging in anew) is led to the page.
_FORM = ["GET", "HEAD", "POST"]


P = ParamSpec("P")
View = Callable[Concatenate[SurfaceRequest, P], HttpResponse]


class BrokenFormError(Exception):
    """A form was sent that our page doesn't have."""


_REFUSALS: dict[type[Exception], tuple[str | Promise, int]] = {
    BrokenFormError: (wording("invalid").detail, 400),
    PermissionDeniedError: (wording("permission_denied").detail, 403),
    OwnFactorFirstError: (
        gettext_lazy("Set up two-step verification for your own account first."),
        409,
    ),
    members.LastOwnerError: (
        gettext_lazy("An organisation needs an owner. Make someone else an owner first."),
        409,
    ),
    members.UnknownMemberError: (gettext_lazy("This person isn’t in the team any more."), 404),
    invitations.UnknownInvitationError: (
        gettext_lazy("This invitation was accepted or revoked meanwhile."),
        404,
    ),
    invitations.SentJustNowError: (
        gettext_lazy("The invitation was sent a moment ago. Wait a minute, then send it again."),
        429,
    ),
    RateLimitedError: (
        gettext_lazy("Too many invitations were sent. Please wait before you send more."),
        429,
    ),
}


def for_those_who(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Let members send the form whose role has the permission: that is asked before the form is read."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def answer(request: SurfaceRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method != "POST":
                return _to_the_page()
            if not may(request.member.role, permission):
                return _refused(request, PermissionDeniedError())
            return view(request, *args, **kwargs)

        return require_http_methods(_FORM)(answer)

    return decorate


@require_safe
def team(request: SurfaceRequest) -> HttpResponse:
    """The team as the person sees it."""
    return team_page(request)


@for_those_who(Permission.MANAGE_TEAM)
def invite(request: SurfaceRequest) -> HttpResponse:
    """Invite somebody. What is wrong with the address is told at its field."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return team_page(request, form=form, status=400)

    def act() -> str:
        sent = invitations.invite(**form.cleaned_data, actor=request.member, now=timezone.now())
        return _("Invited: %(email)s") % {"email": sent.email}

    try:
        return _answer(request, act, form=form)
    except invitations.AlreadyMemberError:
        form.add_error("email", _("This person is in your team already."))
    except invitations.AlreadyInvitedError:
        text = _("An invitation to this address is waiting already. You can send it again.")
        form.add_error("email", text)
    return team_page(request, form=form, status=400)


@for_those_who(Permission.MANAGE_TEAM)
def resend(request: SurfaceRequest, invitation_id: UUID) -> HttpResponse:
    """Send an invitation again."""

    def act() -> str:
        sent = invitations.resend(
            invitation_id=invitation_id, actor=request.member, now=timezone.now()
        )
        return _("Sent again: %(email)s") % {"email": sent.email}

    return _answer(request, act)


@for_those_who(Permission.MANAGE_TEAM)
def revoke(request: SurfaceRequest, invitation_id: UUID) -> HttpResponse:
    """Make an invitation void."""

    def act() -> str:
        invitations.revoke(invitation_id=invitation_id, actor=request.member, now=timezone.now())
        return _("The invitation is revoked; its link no longer works.")

    return _answer(request, act)


@for_those_who(Permission.MANAGE_TEAM)
def change_role(request: SurfaceRequest, member_id: UUID) -> HttpResponse:
    """Give a member another role."""

    def act() -> str:
        form = RoleForm(request.POST)
        if not form.is_valid():
            raise BrokenFormError
        changed = members.change_role(
            member_id=member_id, role=form.cleaned_data["role"], actor=request.member
        )
        return _("Role of %(name)s: %(role)s") % _named(changed)

    return _answer(request, act)


@for_those_who(Permission.MANAGE_TEAM)
def remove(request: SurfaceRequest, member_id: UUID) -> HttpResponse:
    """Take a member off the team. One doesn't remove oneself here: leaving has its own form."""

    def act() -> str:
        if member_id == request.member.id:
            raise BrokenFormError
        members.remove_member(member_id=member_id, actor=request.member)
        return _("Removed from the team.")

    return _answer(request, act)


@for_those_who(Permission.MANAGE_OWNERS)
def hand_over(request: SurfaceRequest, member_id: UUID) -> HttpResponse:
    """Make another member the owner, and oneself an admin."""

    def act() -> str:
        heir = members.transfer_ownership(member_id=member_id, actor=request.member)
        return _("Role of %(name)s: %(role)s") % _named(heir)

    return _answer(request, act)


@require_http_methods(_FORM)
def leave(request: SurfaceRequest) -> HttpResponse:
    """Leave the team; on to the person's other organisations."""
    if request.method != "POST":
        return _to_the_page()
    try:
        members.leave(actor=request.member)
    except members.LastOwnerError as error:
        return _refused(request, error)
    except members.UnknownMemberError:
        pass  # sent twice
    return HttpResponseRedirect("/tenants/")


@for_those_who(Permission.MANAGE_SECURITY)
def secure(request: SurfaceRequest) -> HttpResponse:
    """Say who needs two-step verification."""

    def act() -> str:
        form = SecurityForm(request.POST)
        if not form.is_valid():
            raise BrokenFormError
        # The tenant of the request comes out of a cache: show the page of what is now.
        request.tenant = change_mfa_policy(**form.cleaned_data, actor=request.member)
        return _("Two-step verification: %(policy)s") % {
            "policy": request.tenant.get_mfa_policy_display()
        }

    return _answer(request, act)


def team_page(
    request: SurfaceRequest,
    *,
    form: InviteForm | None = None,
    refusal: str = "",
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, or the team alone where the page asks for that. Raises Http404 for who is in it no more.

    `refusal`: what was not done and why; `said`: what was done.
    """
    tenant = tenant_of(request)
    seen = team_seen_by(person_of(request).id, tenant, now=timezone.now())
    if seen is None:
        raise Http404
    form = form or InviteForm(initial={"role": "staff"})
    form.offer(seen.me.member.role)
    context = {
        "team": seen,
        "form": form,
        "security_form": SecurityForm(initial={"policy": tenant.mfa_policy}),
        "roles": roles_for(seen.me.member.role),
        "refusal": refusal,
        "said": said,
        "tenant": tenant,
    }
    return _rendered(request, context, status)


def _rendered(request: SurfaceRequest, context: Mapping[str, Any], status: int) -> HttpResponse:
    if is_fragment(request):
        return render(request, "dashboards/team/_team.html", context, status=status)
    return page(request, "dashboards/team/team.html", context, section="team", status=status)


def _answer(
    request: SurfaceRequest, act: Callable[[], str], *, form: InviteForm | None = None
) -> HttpResponse:
    """Do what the form asks for, and show the team as it is then."""
    try:
        said = act()
    except tuple(_REFUSALS) as error:
        return _refused(request, error, form=form)
    if is_fragment(request):
        return team_page(request, said=said)
    messages.success(request, said)
    return _to_the_page()


def _refused(
    request: SurfaceRequest, error: Exception, *, form: InviteForm | None = None
) -> HttpResponse:
    text, status = _REFUSALS[type(error)]
    return team_page(request, form=form, refusal=str(text), status=status)


def _to_the_page() -> HttpResponse:
    return HttpResponseRedirect(reverse("team"))


def _named(member: TenantMember) -> dict[str, str]:
    (colleague,) = with_people([member])
    name = colleague.user.name or colleague.user.email
    return {"name": name, "role": member.get_role_display()}
