"""On `app.`, from `/{slug}/…` to the tenant, for its members only.

The slug moves to the script prefix, so the dashboards' URLs never mention it.
"""

from collections.abc import Callable
from typing import cast
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseBase, HttpResponseRedirect
from django.urls import get_script_prefix, set_script_prefix, set_urlconf

from tenants import scopes
from tenants.domain.permissions import mfa_is_needed
from tenants.enums import Role, Surface
from tenants.middleware.surfaces import (
    in_scope,
    log_tenant,
    moved_response,
    moved_to,
    unavailable_response,
)
from tenants.models import Tenant, TenantMember, User
from tenants.queries.hosts import tenant_of_host, tenant_of_slug
from tenants.queries.members import member_of
from tenants.requests import SurfaceRequest
from tenants.validators.slugs import RESERVED_SLUGS, SLUG
from tenants.views.problems import NOT_LOGGED_IN, is_api_path, log_in_code, problem_response

#: What the owner of a suspended tenant may still use.
_OPEN_WHEN_SUSPENDED = "/exports/"


class MemberMiddleware:
    """Enter the tenant's scope for a member; for anybody else there is no such page."""

    def __init__(self, get_response: Callable[[SurfaceRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: SurfaceRequest) -> HttpResponseBase:
        """Answer on the tenant's dashboard if the path names a tenant, else pass on."""
        slug = _slug(request) if request.surface == Surface.APP else ""
        if not slug:
            return self.get_response(request)
        if not isinstance(request.user, User) or not request.user.is_authenticated:
            return _log_in_first(request, slug)
        structlog.contextvars.bind_contextvars(user=str(request.user.id))
        if request.path_info == f"/{slug}":
            return HttpResponseRedirect(f"/{slug}/")
        tenant = tenant_of_slug(slug) or _of_former_slug(slug)
        if tenant is None or tenant.is_closed:
            return problem_response(request, status=404, code="not_found")
        with scopes.tenant(tenant.id, user_id=request.user.id):
            return in_scope(self._for_member(request, request.user, tenant))

    def _for_member(self, request: SurfaceRequest, user: User, tenant: Tenant) -> HttpResponseBase:
        member = member_of(user)
        if member is None:
            return problem_response(request, status=404, code="not_found")
        log_tenant(tenant)
        if not request.path_info.startswith(f"/{tenant.slug}/"):
            address = request.get_full_path().partition("/")[2].partition("/")[2]
            # For this person only: to others there is no such page.
            return moved_response(f"/{tenant.slug}/{address}", cache="private, max-age=3600")
        request.tenant, request.member = tenant, member
        prefix = get_script_prefix()
        _move_to_prefix(request, tenant.slug)
        try:
            exports = member.role == Role.OWNER and request.path_info.startswith(
                _OPEN_WHEN_SUSPENDED
            )
            closed = unavailable_response(request, tenant, though_suspended=exports)
            return closed or _mfa_first(request, user, member) or self.get_response(request)
        finally:
            set_script_prefix(prefix)


def _slug(request: SurfaceRequest) -> str:
    slug = request.path_info[1:].partition("/")[0]
    return slug if SLUG.match(slug) and slug not in RESERVED_SLUGS else ""


def _of_former_slug(slug: str) -> Tenant | None:
    """The tenant that had this slug before."""
    host = f"{slug}.{settings.SOUQNA_DOMAIN}"
    tenant = tenant_of_host(host)
    return tenant if tenant is not None and moved_to(host, tenant) else None


def _log_in_first(request: SurfaceRequest, slug: str) -> HttpResponseBase:
    """Alike for every slug, so that a stranger learns nothing of which exist."""
    if request.path_info.startswith(f"/{slug}/api/"):
        return problem_response(
            request, status=401, code=log_in_code(request), headers=NOT_LOGGED_IN
        )
    return redirect_to_login(request.get_full_path(), "/login/")


def _mfa_first(
    request: SurfaceRequest, user: User, member: TenantMember
) -> HttpResponseBase | None:
    """What a member is told whom the tenant asks for a second factor, and who has none."""
    tenant = cast("Tenant", request.tenant)
    if user.has_mfa or not mfa_is_needed(tenant.mfa_policy, member.role):
        return None
    if is_api_path(request):
        return problem_response(request, status=403, code="mfa_required")
    asked_by = urlencode({"next": request.get_full_path(), "for": tenant.slug})
    return HttpResponseRedirect(f"/mfa/?{asked_by}")


def _move_to_prefix(request: SurfaceRequest, slug: str) -> None:
    request.path_info = request.path_info.removeprefix(f"/{slug}") or "/"
    request.META["SCRIPT_NAME"] = f"/{slug}"
    request.META["PATH_INFO"] = request.path_info
    set_script_prefix(f"/{slug}/")
    request.urlconf = settings.DASHBOARD_URLCONF
    set_urlconf(request.urlconf)
