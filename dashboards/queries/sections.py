"""Which parts of the dashboard a tenant has."""

from dataclasses import dataclass

from capture.models import Order
from storefront.enums import Offer
from storefront.queries.settings import get_storefront, offers_of
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Sections:
    """What the tenant takes from visitors, and whether there is anything to say of orders."""

    offers: list[str]
    has_orders: bool


def sections_of(tenant: Tenant) -> Sections:
    """One query; another where no orders are taken: there may be some from before."""
    offers = offers_of(tenant, get_storefront())
    return Sections(offers, Offer.ORDERS in offers or Order.objects.exists())
