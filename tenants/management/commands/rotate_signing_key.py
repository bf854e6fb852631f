"""`manage.py rotate_signing_key`: a new key for access tokens."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from tenants.identity.embedded.keys import rotate
from tenants.management.base import SouqnaCommand


class Command(SouqnaCommand):
    help = "Make a new key for access tokens; it signs in ten minutes, and old tokens stay good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--now",
            action="store_true",
            help="for a stolen key: sign with the new one now; whatever others signed is good no more",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IDENTITY_ENGINE != "embedded":
            raise CommandError("Cognito's keys are Cognito's to rotate")
        key = rotate(now=timezone.now(), at_once=options["now"])
        self.say(f"{key.kid} signs from {key.signs_from:%Y-%m-%d %H:%M:%S} UTC")
