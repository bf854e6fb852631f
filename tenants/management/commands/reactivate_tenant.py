"""`manage.py reactivate_tenant`: let visitors and the API in again."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from tenants.domain.tenants import reactivate_tenant
from tenants.management.base import SouqnaCommand


class Command(SouqnaCommand):
    help = "Reactivate a suspended tenant."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"]
        changed = reactivate_tenant(slug, now=timezone.now())
        self.say(f"{slug} is active" if changed else f"{slug} was active already")
