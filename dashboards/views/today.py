"""The first page of a tenant's dashboard."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tenants.domain.addresses import surface_address
from tenants.requests import SurfaceRequest


@require_safe
def today(request: SurfaceRequest) -> HttpResponse:
    """What happened today and what waits. Nothing yet: it shows the way to the storefront."""
    slug = request.tenant.slug if request.tenant else ""
    address = surface_address(slug, host=request.get_host())
    return render(request, "dashboards/today.html", {"storefront_url": address})
