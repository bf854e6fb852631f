"""Whose storefront a request is for."""

from typing import cast

from django.http import HttpRequest

from tenants.models import Tenant
from tenants.requests import SurfaceRequest


def visited_tenant(request: HttpRequest) -> Tenant:
    """The tenant whose storefront this is."""
    return cast("Tenant", cast("SurfaceRequest", request).tenant)
