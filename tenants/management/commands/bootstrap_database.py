"""`manage.py bootstrap_database`: the installation's database roles."""

from typing import Any

from tenants.domain.bootstrap import bootstrap_database
from tenants.management.base import SouqnaCommand


class Command(SouqnaCommand):
    help = "Make the database roles of this installation, as the owner (needs CREATEROLE only)."

    def handle(self, *args: Any, **options: Any) -> None:
        made = bootstrap_database()
        self.say(f"made {', '.join(made)}" if made else "all roles are there already")
