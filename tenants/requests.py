"""A request as it is once the surface middleware has seen it."""

from django.http import HttpRequest

from tenants.enums import Surface
from tenants.models import Tenant, TenantMember


class SurfaceRequest(HttpRequest):
    """What the middleware adds. `tenant` is None off the storefronts and dashboards; `member` is set
    on dashboards only.
    """

    surface: Surface
    tenant: Tenant | None
    member: TenantMember
    urlconf: str
