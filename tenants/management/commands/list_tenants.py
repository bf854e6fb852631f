"""`manage.py list_tenants`: every tenant, for people and for scripts."""

from argparse import ArgumentParser
from typing import Any

from tenants import scopes
from tenants.management.base import SouqnaCommand
from tenants.models import Tenant

_FIELDS = ("id", "slug", "name_ar", "name_en", "kind", "status", "schema_name", "created_at")


class Command(SouqnaCommand):
    help = "List the tenants."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print a JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        with scopes.platform():
            tenants = list(Tenant.objects.order_by("slug").values(*_FIELDS))
        if options["json"]:
            self.print_json(tenants)
            return
        for tenant in tenants:
            self.stdout.write("{slug:<30} {kind:<8} {status:<10} {name_en}".format(**tenant))
