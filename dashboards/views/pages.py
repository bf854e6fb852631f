"""What all pages of a dashboard share."""

from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from dashboards.queries.sections import Sections, sections_of
from tenants.domain.addresses import surface_address
from tenants.models import Tenant, User
from tenants.requests import SurfaceRequest


def tenant_of(request: SurfaceRequest) -> Tenant:
    """The tenant whose dashboard it is; MemberMiddleware has set it."""
    return cast("Tenant", request.tenant)


def person_of(request: SurfaceRequest) -> User:
    """The member of staff; MemberMiddleware has seen to it that there is one."""
    return cast("User", request.user)


def storefront_url(request: SurfaceRequest, path: str = "/") -> str:
    """An address on the tenant's storefront."""
    return surface_address(tenant_of(request).slug, path, host=request.get_host())


def storefront_page(request: SurfaceRequest, path: str) -> str:
    """A page of the storefront (`items/oud-oil/`) in the language in force, or in the tenant's own."""
    tenant, language = tenant_of(request), get_language() or ""
    spoken = language if language in tenant.languages else tenant.default_language
    return storefront_url(request, f"/{spoken}/{path}")


def page(
    request: SurfaceRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    section: str,
    sections: Sections | None = None,
    status: int = 200,
) -> HttpResponse:
    """A page within the frame of its `section`. One or two queries unless `sections` is given."""
    frame = {
        "section": section,
        "sections": sections or sections_of(tenant_of(request)),
        "storefront_url": storefront_url(request),
    }
    return render(request, template, {**frame, **context}, status=status)
