"""`manage.py migrate` is refused."""

from django.db.migrations.autodetector import MigrationAutodetector

from tenants.management import refused


class Command(refused.Command):
    help = "migrate knows one schema only: use manage.py migrate_schemas."
    # `makemigrations` looks here for it.
    autodetector = MigrationAutodetector
