"""A person opens an organisation of their own, with a storefront in its colour."""

from datetime import datetime

from django.db import transaction

from storefront.domain.colours import parse
from storefront.domain.pages import pages_changed
from storefront.models import StorefrontSettings
from tenants import scopes
from tenants.domain.onboarding import NewTenant, start_tenant
from tenants.models import Tenant, User


def start_storefront(new: NewTenant, *, accent: str = "", owner: User, now: datetime) -> Tenant:
    """`start_tenant`, with the storefront's settings in the same transaction: `accent` (`#rrggbb`; empty
    for our own). What it takes from visitors follows its kind.

    Raises what start_tenant raises, and InvalidColourError.
    """
    colour = {"accent": parse(accent)} if accent else {}
    with transaction.atomic():
        tenant = start_tenant(new, owner=owner, now=now)
        with scopes.tenant(tenant.id, user_id=owner.id):
            StorefrontSettings.objects.get_or_create(id=1, defaults=colour)
            pages_changed()
    return tenant
