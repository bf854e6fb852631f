"""Putting the demo's tenants into the database; again and again with one result."""

from decimal import Decimal
from uuid import UUID

from django.conf import settings

from tenants import scopes
from tenants.domain.seeds import (
    DEMO_PLANS,
    DEMO_TENANTS,
    PLAN_OF_KIND,
)
from tenants.domain.tenants import change_plan, create_tenant
from tenants.models import Domain, Plan


def seed_plans() -> None:
    """Make the demo's plans that are missing."""
    with scopes.platform():
        for position, demo in enumerate(DEMO_PLANS):
            Plan.objects.get_or_create(
                code=demo.code,
                defaults={
                    "name_ar": demo.name_ar,
                    "name_en": demo.name_en,
                    "monthly_price": Decimal(demo.monthly_price),
                    "max_items": demo.max_items,
                    "position": position,
                },
            )


def seed_tenants() -> list[str]:
    """Make the demo's tenants that are missing, on their plans. Returns their slugs."""
    existing = seeded_ids()
    missing = [demo for demo in DEMO_TENANTS if demo.slug not in existing]
    for demo in missing:
        create_tenant(
            slug=demo.slug,
            name_ar=demo.name_ar,
            name_en=demo.name_en,
            kind=demo.kind,
            owner_email=f"owner@{demo.slug}.example",
        )
        change_plan(demo.slug, plan=PLAN_OF_KIND[demo.kind])
    return [demo.slug for demo in missing]


def seeded_ids() -> dict[str, UUID]:
    """Slug in the demo's data → the id of that tenant, whose slug may be another by now: its first host
    leads to it for ever.
    """
    hosts = {f"{demo.slug}.{settings.SOUQNA_DOMAIN}": demo.slug for demo in DEMO_TENANTS}
    with scopes.public():
        found = Domain.objects.filter(domain__in=hosts).values_list("domain", "tenant_id")
        return {hosts[host]: tenant_id for host, tenant_id in found}
