"""What every page of a storefront shows around its own matter."""

from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from storefront.enums import Offer
from storefront.queries.settings import get_storefront, offers_of
from tenants.models import Tenant
from tenants.requests import SurfaceRequest


def visited_tenant(request: HttpRequest) -> Tenant:
    """The tenant whose storefront this is."""
    return cast("Tenant", cast("SurfaceRequest", request).tenant)


def storefront_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page, with the storefront's settings and what it takes. One query, unless `context` has
    `storefront` already.
    """
    storefront = context.get("storefront") or get_storefront()
    offers = offers_of(visited_tenant(request), storefront)
    around = {
        "storefront": storefront,
        "offers": offers,
        "catalog": _("All items") if Offer.ORDERS in offers else _("All projects"),
    }
    return render(request, template, {**context, **around}, status=status)
