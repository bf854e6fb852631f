"""Commands of Django and django-tenants that would go around our isolation: refused by name."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Says what to use instead, whatever the arguments."""

    help = "Not used here: see manage.py migrate_schemas and create_tenant."
    requires_system_checks = []  # noqa: RUF012 (Django's attribute)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take anything."""
        parser.add_argument("arguments", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse."""
        raise CommandError(self.help)
