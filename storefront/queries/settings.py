"""Reads of the storefront's settings."""

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
    """The tenant's storefront settings; the defaults, unsaved, before there are any. One query."""
    return StorefrontSettings.objects.first() or StorefrontSettings()


def offers_of(tenant: Tenant, storefront: StorefrontSettings) -> list[str]:
    """What the storefront takes from visitors: of `orders`, `donations`, `pledges`. No query."""
    accepted = storefront.accepts
    if accepted is None:
        accepted = _USUAL[TenantKind(tenant.kind)]
    return [offer.value for offer in Offer if offer in accepted]
