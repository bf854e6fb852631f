"""`manage.py create_tenant`: a tenant, from the operator's chair."""

from argparse import ArgumentParser
from typing import Any

from tenants.domain.tenants import create_tenant
from tenants.enums import TenantKind
from tenants.management.base import SouqnaCommand


class Command(SouqnaCommand):
    help = "Create a tenant with its storefront and its owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--name-ar", required=True)
        parser.add_argument("--name-en", required=True)
        parser.add_argument("--kind", required=True, choices=TenantKind.values)
        parser.add_argument("--owner", required=True, metavar="EMAIL")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = create_tenant(
            slug=options["slug"],
            name_ar=options["name_ar"],
            name_en=options["name_en"],
            kind=options["kind"],
            owner_email=options["owner"],
        )
        self.say(f"created {tenant.slug} ({tenant.id})")
