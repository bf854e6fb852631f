"""`manage.py seed_demo`: the demo's tenants, people and content."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from capture.domain.orders import Actor
from capture.domain.seeding import seed_orders
from storefront.domain.seeding import seed_catalog, seed_storefront
from tenants import scopes
from tenants.domain.seeding import seed_plans, seed_tenants, seeded_ids
from tenants.domain.seeds import DEMO_TENANTS, DemoTenant
from tenants.identity.embedded.seeding import seed_accounts
from tenants.management.base import SouqnaCommand
from tenants.models import User


class Command(SouqnaCommand):
    help = "Put the demo's tenants, people and content in place. Can be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SOUQNA_DEMO:
            raise CommandError("the demo's accounts have a public password: refused here")
        seed_plans()
        made = set(seed_tenants())
        seed_accounts()
        ids = seeded_ids()
        made |= {demo.slug for demo in DEMO_TENANTS if _fill(demo, ids[demo.slug])}
        slugs = [demo.slug for demo in DEMO_TENANTS if demo.slug in made]
        self.say(f"seeded {', '.join(slugs)}" if slugs else "the demo is seeded already")


def _fill(demo: DemoTenant, tenant_id: UUID) -> bool:
    """Whether there was anything to fill."""
    with scopes.public():
        clerk = User.objects.get(email=f"staff@{demo.slug}.example")
    with scopes.tenant(tenant_id), transaction.atomic():
        seed_storefront(demo)
        # The past orders are of the seeded items: a catalog that people filled gets none.
        now = timezone.now()
        is_new = seed_catalog(demo.slug, now=now)
        if is_new:
            seed_orders(demo.slug, actor=Actor(clerk.id, clerk.name), now=now)
    return is_new
