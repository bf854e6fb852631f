"""`bin/test`: the checks and the tests, in the order in which they are cheapest to fail.

bin/test                    everything quick: lint, types, contracts, migrations, tests
bin/test slow               the long tests
bin/test infra | web        the parts with requirements of their own
bin/test ARGUMENT…          pytest with these arguments
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests import machine

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")
CHECKS: dict[str, Sequence[str]] = {
    "types": (str(BIN / "mypy"), "."),
    "lint": (str(BIN / "ruff"), "check", "."),
    "format": (str(BIN / "ruff"), "format", "--check", "."),
    "contracts": (str(BIN / "lint-imports"),),
    "templates": (str(BIN / "djlint"), "templates", "--check", "--lint", "--quiet"),
    "django": (*MANAGE, "check", "--settings=config.settings.test"),
    "migrations": (
        sys.executable, "-W", "ignore::RuntimeWarning", "manage.py", "makemigrations", "--check",
        "--dry-run", "--settings=config.settings.test",
    ),
}  # fmt: skip
WORKERS = 2


def main(arguments: list[str]) -> int:
    """Run what the arguments ask for; returns the exit status."""
    match arguments:
        case []:
            return _checks() or _pytest("-n", str(WORKERS), "--dist", "loadgroup", "-m", "not slow")
        case ["slow"]:
            return _pytest("-m", "slow", "--timeout", "1200")
        case ["infra" | "web" as part]:
            print(f"bin/test: there is no {part}/ in the project yet", file=sys.stderr)
            return 2
    return _pytest(*arguments)


def _checks() -> int:
    """Run all checks, two at a time; show the output of those that failed."""
    subprocess.run([*MANAGE, "compile_translations", "--settings=config.settings.test"], check=True)
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        results = dict(zip(CHECKS, pool.map(_check, CHECKS), strict=True))
    return int(any(results.values()))


def _check(name: str) -> int:
    started = time.monotonic()
    environment = {**os.environ, "DATABASE_URL": "postgres://none@127.0.0.1:1/none"}
    done = subprocess.run(
        CHECKS[name], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    verdict = "FAILED" if done.returncode else "ok"
    lines = [f"{name:<11}{verdict:<7}{time.monotonic() - started:5.1f} s"]
    if done.returncode:
        lines += [done.stdout.strip(), done.stderr.strip()]
    print("\n".join(lines), flush=True)
    return done.returncode


def _pytest(*arguments: str) -> int:
    _install_what_is_missing()
    command = [sys.executable, "-m", "pytest", *arguments]
    with tempfile.TemporaryDirectory(prefix="souqna-test-", ignore_cleanup_errors=True) as folder:
        # The database's unprivileged user must be able to pass through.
        Path(folder).chmod(0o755)
        environment = {**os.environ, "SOUQNA_TEST_STATE": folder}
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _install_what_is_missing() -> None:
    """In CI, as root, on Debian: fetch the programs that tests need."""
    missing = [name for name in machine.PROGRAMS if machine.find(name) is None]
    if not missing or not machine.CI or os.geteuid() != 0:
        return
    print(f"installing {', '.join(missing)} …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", *missing],
    ):
        subprocess.run(
            ["apt-get", *command], env=environment, stdout=subprocess.DEVNULL, check=False
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
