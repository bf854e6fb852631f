"""The page behind an invitation's link."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenants.domain.invitations import OtherAddressError, UnknownInvitationError, accept
from tenants.models import User
from tenants.queries.invitations import Invited, invited_by_link
from tenants.queries.members import is_member


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites, to which organisation, as what; for the right person a button to accept."""
    user = request.user if isinstance(request.user, User) else None
    if request.method == "POST" and user is not None:
        return _accept(request, token, user)
    return _shown(request, invited_by_link(token), user)


def _accept(request: HttpRequest, token: str, user: User) -> HttpResponse:
    try:
        joined = accept(token=token, user=user, now=timezone.now())
    except (UnknownInvitationError, OtherAddressError):
        return _shown(request, invited_by_link(token), user)
    return HttpResponseRedirect(f"/{joined.tenant.slug}/")


def _shown(request: HttpRequest, invited: Invited | None, user: User | None) -> HttpResponse:
    if invited is None:
        return _gone(request)
    if user is not None and _has_joined(invited, user):
        return HttpResponseRedirect(f"/{invited.tenant.slug}/")
    if not invited.invitation.is_open(timezone.now()):
        return _gone(request)
    email = invited.invitation.email
    is_other = user is not None and user.email.lower() != email.lower()
    context = {
        "invited": invited,
        "is_other": is_other,
        "log_in_query": urlencode({"next": request.path}),
        "sign_up_query": urlencode({"email": email, "next": request.path}),
    }
    status = 403 if is_other and request.method == "POST" else 200
    return render(request, "app/invitations/invitation.html", context, status=status)


def _has_joined(invited: Invited, user: User) -> bool:
    """Whether the person accepted it before: a form sent twice, or the link followed again."""
    is_theirs = invited.invitation.accepted_by_id == user.id
    return is_theirs and is_member(user, invited.tenant.id)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "app/invitations/gone.html", status=404)
