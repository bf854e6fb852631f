"""The first page of a tenant's dashboard."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboards.queries.sections import sections_of
from dashboards.queries.today import orders_today
from dashboards.views.pages import page, tenant_of
from storefront.queries.items import count_items_by_status
from tenants.domain.days import day_of
from tenants.requests import SurfaceRequest


@require_safe
def today(request: SurfaceRequest) -> HttpResponse:
    """What happened today and what waits."""
    now = timezone.now()
    sections = sections_of(tenant_of(request))
    orders = orders_today(now) if sections.has_orders else None
    items = count_items_by_status()
    context = {
        "day": day_of(now),
        "orders": orders,
        "items": items,
        "is_new": not any(items.values()) and not (orders and orders.recent),
    }
    return page(request, "dashboards/today.html", context, section="today", sections=sections)
