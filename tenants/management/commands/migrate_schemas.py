"""`manage.py migrate_schemas`: every schema to this release."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from tenants.domain.fleet import Progress, migrate_fleet
from tenants.domain.provisioning import fill_pool
from tenants.management.base import SouqnaCommand


class Command(SouqnaCommand):
    help = (
        "Bring the public schema, the template and every tenant to this release. Repeating it costs"
        " one query; a run that was stopped goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--jobs", type=int, default=2, help="tenants at a time (default 2)")
        parser.add_argument(
            "--max-failures", type=int, default=5, help="stop after this many failed (default 5)"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        result = migrate_fleet(
            jobs=max(1, options["jobs"]),
            max_failures=max(1, options["max_failures"]),
            report=self._report,
        )
        if not result.is_noop:
            fill_pool(settings.PROVISIONING_POOL_SIZE)
        if options["json"]:
            self.print_json(
                {
                    "template_migrated": result.template_migrated,
                    "migrated": result.migrated,
                    "failed": result.failed,
                    "stopped": result.stopped,
                }
            )
        elif result.is_noop:
            self.say("every schema is at this release already")
        else:
            self.say(f"{len(result.migrated)} tenants migrated, {len(result.failed)} failed")
        if result.failed:
            errors = "; ".join(f"{slug}: {error}" for slug, error in result.failed.items())
            raise CommandError(" ".join(errors.split()))

    def _report(self, progress: Progress) -> None:
        self.say(
            f"{progress.done}/{progress.total} tenants, {progress.failed} failed,"
            f" about {progress.eta:.0f} s to go"
        )
