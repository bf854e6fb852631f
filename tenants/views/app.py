"""The pages of `app.` around the tenants' dashboards."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tenants.models import TenantMember, User
from tenants.queries.members import memberships_of


@require_safe
@login_required(login_url="/login/")
def home(request: HttpRequest) -> HttpResponse:
    """Straight to the person's only organisation, or the choice of several. One query."""
    memberships = _memberships(request)
    if len(memberships) == 1 and not memberships[0].tenant.is_suspended:
        return HttpResponseRedirect(f"/{memberships[0].tenant.slug}/")
    return _chooser(request, memberships)


@require_safe
@login_required(login_url="/login/")
def tenants(request: HttpRequest) -> HttpResponse:
    """The person's organisations. One query."""
    return _chooser(request, _memberships(request))


def _memberships(request: HttpRequest) -> list[TenantMember]:
    return memberships_of(cast("User", request.user))


def _chooser(request: HttpRequest, memberships: list[TenantMember]) -> HttpResponse:
    return render(request, "app/tenants.html", {"memberships": memberships})
