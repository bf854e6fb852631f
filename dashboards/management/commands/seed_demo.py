"""`manage.py seed_demo`: the demo's tenants, people and content."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from storefront.domain.seeding import seed_storefront
from tenants import scopes
from tenants.domain.seeding import seed_accounts, seed_tenants
from tenants.domain.seeds import DEMO_TENANTS
from tenants.management.base import SouqnaCommand
from tenants.models import Tenant


class Command(SouqnaCommand):
    help = "Put the demo's tenants, people and content in place. Can be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SOUQNA_DEMO:
            raise CommandError("the demo's accounts have a public password: refused here")
        made = seed_tenants()
        seed_accounts()
        with scopes.public():
            ids = dict(Tenant.objects.values_list("slug", "id"))
        for demo in DEMO_TENANTS:
            with scopes.tenant(ids[demo.slug]):
                seed_storefront(demo)
        self.say(f"seeded {', '.join(made)}" if made else "the demo is seeded already")
