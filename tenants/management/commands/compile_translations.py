"""Compiles the message catalogs, without `msgfmt`."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compiles locale/*/LC_MESSAGES/*.po to .mo, where the .po is newer."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="compile all of them")

    def handle(self, *, force: bool = False, **options: Any) -> None:
        catalogs = [po for root in settings.LOCALE_PATHS for po in Path(root).rglob("*.po")]
        for catalog in sorted(catalogs):
            compiled = catalog.with_suffix(".mo")
            if force or _is_stale(compiled, catalog):
                _compile(catalog, compiled)
                self.stdout.write(f"compiled {compiled}")


def _is_stale(compiled: Path, catalog: Path) -> bool:
    return not compiled.exists() or compiled.stat().st_mtime <= catalog.stat().st_mtime


def _compile(catalog: Path, compiled: Path) -> None:
    """Write beside it and rename: a process that starts meanwhile reads the old or the new one."""
    with catalog.open("rb") as source:
        messages = read_po(source, locale=catalog.parts[-3])
    with tempfile.NamedTemporaryFile(dir=compiled.parent, delete=False) as target:
        write_mo(target, messages)
    Path(target.name).chmod(0o644)
    Path(target.name).replace(compiled)
