"""`manage.py create_superadmin`: break the glass."""

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.utils import timezone

from tenants.identity.operators import Superadmin, make_superadmin
from tenants.management.base import SouqnaCommand


class Command(SouqnaCommand):
    help = "Make somebody a super admin; what they need to log in is printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--json", action="store_true", help="print a JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        made = make_superadmin(options["email"], now=timezone.now())
        if options["json"]:
            self.print_json(asdict(made))
        else:
            self._print(made)
        self.say(f"{made.email} {'was' if made.was_one else 'is'} a super admin{self._hint(made)}")

    def _print(self, made: Superadmin) -> None:
        for name, value in (
            ("password", made.password),
            ("TOTP secret", made.totp_secret),
            ("otpauth URL", made.otpauth_url),
        ):
            if value:
                self.stdout.write(f"{name + ':':<12} {value}")

    def _hint(self, made: Superadmin) -> str:
        if settings.IDENTITY_ENGINE == "cognito":
            return ": password and second factor are Cognito's"
        if made.password or made.totp_secret:
            return "; what is printed is not shown again"
        return " already" if made.was_one else ", with the password and second factor they have"
