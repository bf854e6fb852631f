"""`manage.py suspend_tenant`: keep visitors and the API out."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from tenants.domain.tenants import suspend_tenant
from tenants.management.base import SouqnaCommand


class Command(SouqnaCommand):
    help = "Suspend a tenant: its storefront says unavailable, its API answers 403."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"]
        changed = suspend_tenant(slug, reason=options["reason"], now=timezone.now())
        self.say(f"{slug} is suspended" if changed else f"{slug} was suspended already")
