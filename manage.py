#!/usr/bin/env python
"""Django's command line, with the embedded servers at hand in development."""

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager

DEVELOPMENT = "config.settings.dev"
# These need settings but neither the database nor Valkey: nothing is started for them.
SERVERLESS = frozenset(
    {
        "check",
        "collectstatic",
        "compile_translations",
        "compilemessages",
        "diffsettings",
        "findstatic",
        "help",
        "makemessages",
        "makemigrations",
        "version",
    }
)


def main(arguments: Sequence[str]) -> int:
    """Run the command in `arguments`, as in `sys.argv`; returns the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", DEVELOPMENT)
    if _settings_module(arguments) != DEVELOPMENT:
        _execute(arguments)
        return 0
    # Only here: production and tests do without the embedded servers' packages.
    from config.embedded.errors import EmbeddedError
    from config.embedded.servers import running, secrets_only

    # Leave through `running()`, which stops the servers that nobody else uses.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    surroundings: AbstractContextManager[object] = (
        running() if _needs_servers(arguments) else secrets_only()
    )
    try:
        with surroundings:
            _execute(arguments)
    except EmbeddedError as error:
        print(f"manage.py: {error}", file=sys.stderr)
        return 1
    return 0


def _execute(arguments: Sequence[str]) -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(list(arguments))


def _settings_module(arguments: Sequence[str]) -> str:
    for position, argument in enumerate(arguments):
        if argument.startswith("--settings="):
            return argument.removeprefix("--settings=")
        if argument == "--settings" and position + 1 < len(arguments):
            return arguments[position + 1]
    return os.environ["DJANGO_SETTINGS_MODULE"]


def _needs_servers(arguments: Sequence[str]) -> bool:
    options = set(arguments[1:])
    command = arguments[1] if len(arguments) > 1 else "help"
    if options & {"--help", "-h", "--version"} or command in SERVERLESS:
        # `check --database default` asks the database.
        return command == "check" and "--database" in options
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv))
