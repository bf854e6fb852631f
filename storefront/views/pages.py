"""What every page of a storefront shows around its own matter."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from storefront.domain.frames import Frame
from storefront.enums import Offer
from storefront.queries.settings import get_storefront, offers_of
from storefront.views.meta import Meta, head_of
from storefront.views.tenants import visited_tenant

__all__ = ["frame_of", "storefront_page", "visited_tenant"]


def frame_of(context: Mapping[str, Any] | None = None) -> Frame:
    """What stands around a page; one query, unless `context` has `storefront` already."""
    storefront = (context or {}).get("storefront") or get_storefront()
    return Frame(storefront, timezone.now())


def storefront_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    frame: Frame | None = None,
    meta: Meta | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with the storefront's settings and what it takes. One query, unless there is a `frame`
    or `context` has `storefront` already. Without `meta` it isn't for search engines.
    """
    frame = frame or frame_of(context)
    offers = offers_of(visited_tenant(request), frame.storefront)
    around = {
        "storefront": frame.storefront,
        "frame": frame,
        "head": head_of(request, meta, frame) if meta else None,
        "offers": offers,
        "catalog": catalog_name(offers),
    }
    return render(request, template, {**context, **around}, status=status)


def catalog_name(offers: list[str]) -> str:
    """What the list of all that is offered is called, in the language in force."""
    return _("All items") if Offer.ORDERS in offers else _("All projects")
