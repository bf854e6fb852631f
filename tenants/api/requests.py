"""The request beneath DRF's."""

from typing import cast

from rest_framework.request import Request

from tenants.models import Tenant
from tenants.requests import SurfaceRequest


def surface_request(request: Request) -> SurfaceRequest:
    """Django's request, as the middleware left it."""
    return cast("SurfaceRequest", request._request)  # noqa: SLF001 (DRF offers no other way to it)


def tenant_of(request: Request) -> Tenant:
    """The tenant whose storefront or dashboard was asked."""
    return cast("Tenant", surface_request(request).tenant)
