"""`manage.py reset_mfa`: for a lost phone."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from tenants.identity.operators import reset_lost_factor
from tenants.management.base import SouqnaCommand


class Command(SouqnaCommand):
    help = "Take two-step verification off a person; they and their organisations' owners are told."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"]
        changed = reset_lost_factor(email, reason=options["reason"], now=timezone.now())
        done = "was taken off" if changed else "was off already for"
        self.say(f"two-step verification {done} {email}")
