"""What our commands have in common: exit codes and clean output.

0: done, or nothing to do and said so. 1: refused, one line on stderr. 2: wrong usage. With `--json`,
one document on stdout and the rest on stderr.
"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError
from redis import RedisError

from tenants.domain.bootstrap import UnsafeLoginError
from tenants.domain.provisioning import NoReleaseError, PoolExhaustedError
from tenants.domain.tenants import TenantRefusedError, UnknownTenantError
from tenants.identity.operators import PersonRefusedError
from tenants.identity.port import EngineUnavailableError

_REFUSALS = (
    TenantRefusedError,
    UnknownTenantError,
    NoReleaseError,
    PoolExhaustedError,
    UnsafeLoginError,
    PersonRefusedError,
    EngineUnavailableError,
)


class SouqnaCommand(BaseCommand):
    """A command whose expected failures are one line."""

    requires_system_checks = []  # noqa: RUF012 (Django's attribute); `manage.py check` runs them

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run, and turn refusals and lost servers into one line and exit code 1."""
        try:
            return super().execute(*args, **options)
        except _REFUSALS as error:
            raise CommandError(" ".join(str(error).split())) from error
        except (OperationalError, RedisError) as error:
            line = " ".join(str(error).split())
            raise CommandError(f"a server does not answer: {line}") from error

    def print_json(self, document: Any) -> None:
        """Write the command's one document to stdout."""
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, cls=DjangoJSONEncoder))

    def say(self, line: str) -> None:
        """Tell the operator something, on stderr."""
        self.stderr.write(line, self.style.SUCCESS)
