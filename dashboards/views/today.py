"""The first page of a tenant's dashboard."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tenants.domain.addresses import surface_address


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """What happened today and what waits. Nothing yet: it shows the way to the storefront."""
    tenant = getattr(request, "tenant")  # noqa: B009
    address = surface_address(tenant.slug, host=request.get_host())
    return render(request, "dashboards/today.html", {"storefront_url": address})
