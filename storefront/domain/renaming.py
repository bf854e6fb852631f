"""A storefront moves to another address."""

from datetime import datetime

from django.db import transaction

from storefront.domain.pages import pages_changed
from tenants.domain.renaming import rename_tenant
from tenants.models import Tenant, TenantMember


def move_storefront(*, slug: str, actor: TenantMember, now: datetime) -> Tenant:
    """`rename_tenant`, and pages that name the old address are forgotten. Raises what it raises."""
    with transaction.atomic():
        tenant = rename_tenant(slug=slug, actor=actor, now=now)
        pages_changed()
    return tenant
