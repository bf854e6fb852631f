"""Reads of the storefront's settings."""

from collections.abc import Iterable

from django.db.models import QuerySet

from storefront.enums import Offer
from storefront.models import StorefrontSettings
from tenants.enums import TenantKind
from tenants.models import Tenant

#: What an organisation takes unless it says otherwise.
_USUAL = {
    TenantKind.SHOP: [Offer.ORDERS],
    TenantKind.CHARITY: [Offer.DONATIONS, Offer.PLEDGES],
    TenantKind.PROJECT: [Offer.ORDERS, Offer.DONATIONS, Offer.PLEDGES],
}


def get_storefront() -> StorefrontSettings:
    """The tenant's storefront settings with logo and cover; the defaults, unsaved, before there are any.
    One query.
    """
    return the_storefront(storefronts().select_related("logo", "cover")[:1])


def storefronts() -> QuerySet[StorefrontSettings]:
    """The row of the tenant's storefront settings, if there is one."""
    return StorefrontSettings.objects.order_by("pk")


def offer_settings() -> QuerySet[StorefrontSettings]:
    """The same with nothing at hand but what `offers_of` needs: to be read along with others."""
    return StorefrontSettings.objects.only("accepts")


def the_storefront(found: Iterable[StorefrontSettings]) -> StorefrontSettings:
    """The settings among such rows; the defaults, unsaved, if there are none."""
    return next(iter(found), None) or StorefrontSettings()


def offers_of(tenant: Tenant, storefront: StorefrontSettings) -> list[str]:
    """What the storefront takes from visitors: of `orders`, `donations`, `pledges`. No query."""
    accepted = storefront.accepts
    if accepted is None:
        accepted = _USUAL[TenantKind(tenant.kind)]
    return [offer.value for offer in Offer if offer in accepted]
