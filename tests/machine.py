"""What a test needs of the machine. What is missing is listed as NOT RUN; in CI it is a failure."""

import os
import shutil

import pytest

CI = os.environ.get("CI") == "true"
#: Program → Debian's package, installed by `bin/test` as root in CI.
PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "pgbouncer": ("pgbouncer",),
}


def find(program: str) -> str | None:
    """The path of a program, or None."""
    given = os.environ.get(f"SOUQNA_{program.upper()}")
    path = os.environ.get("PATH", "") + os.pathsep + "/usr/sbin"
    return given or next(
        (found for name in PROGRAMS[program] if (found := shutil.which(name, path=path))), None
    )


def need(program: str) -> str:
    """The path of a program that the test can't do without."""
    path = find(program)
    if path is None:
        not_run(f"{program} is not installed")
    return path or ""


def not_run(reason: str) -> None:
    """Stop the test: it can't run here."""
    if CI:
        pytest.fail(f"NOT RUN: {reason}")
    pytest.skip(f"NOT RUN: {reason}")
