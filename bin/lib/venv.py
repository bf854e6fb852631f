"""Make and update the project's virtual environment. Standard library only.

`python bin/lib/venv.py NAME embedded|dev [ARGUMENT…]`: have .venv hold what requirements/*.txt ask
for, then become `.venv/bin/python ARGUMENT…` when there are any. NAME, the caller's, is for errors.
"""  # noqa: INP001 (a script, no package)

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# There while pip works. Found later, it means that some package may be there by half.
UNFINISHED = VENV / ".souqna-unfinished"
# Each set of requirements with those that include it.
INCLUDED_IN = {"embedded": ("embedded", "dev"), "dev": ("dev",)}
SHOWN_LINES = 12
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class RefusedError(Exception):
    """It can't be done; the message is the one line that says why."""


def main() -> int:
    """Do what the command line says; returns the exit status."""
    name, kind, *arguments = sys.argv[1:]
    for number in SIGNALS:
        # The demo ends in good order whenever it is told to; a test run was broken off.
        signal.signal(number, lambda number, _: sys.exit(0 if arguments else 128 + number))
    try:
        ensure(kind)
    except (RefusedError, OSError) as error:
        sys.stderr.write(f"{name}: {error}\n")
        return 1
    if arguments:
        os.chdir(ROOT)
        # Told to stop in this moment, the demo shall hear of it once it listens.
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        os.execv(PYTHON, [str(PYTHON), *arguments])  # noqa: S606 (no shell is wanted)
    return 0


def ensure(kind: str) -> None:
    """Have what requirements/{kind}.txt names in .venv. Raises RefusedError or OSError."""
    wanted = checksum()
    if is_satisfied(kind, wanted):
        return
    with locked() as lock:
        if is_satisfied(kind, wanted):
            return
        if not is_usable():
            make(lock)
        install(kind, lock)
        stamp(kind).write_text(wanted)


def is_satisfied(kind: str, wanted: str) -> bool:
    """Whether a finished installation of these very requirements is there."""
    if UNFINISHED.exists() or not PYTHON.exists():
        return False
    stamps = [stamp(one) for one in INCLUDED_IN[kind]]
    return any(one.exists() and one.read_text() == wanted for one in stamps)


def is_usable() -> bool:
    """Whether pip can go on with the environment that is there."""
    if UNFINISHED.exists() or not PYTHON.exists():
        return False
    # Without its pyvenv.cfg it would be the system's Python, pip and all.
    check = "import sys, pip; sys.exit(sys.prefix == sys.base_prefix)"
    return run([PYTHON, "-c", check]).returncode == 0


def stamp(kind: str) -> Path:
    """Where the checksum of what was installed is kept."""
    return VENV / f".souqna-{kind}"


def checksum() -> str:
    """One digest of all requirement files."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def make(lock: int) -> None:
    """A new virtual environment in place of whatever is left of one."""
    if VENV.is_symlink():
        # `--clear` would empty what it leads to, which others may be using.
        raise RefusedError(f"{VENV} is a link, and what it leads to is no environment: remove it")
    say("Making the virtual environment …")
    done = run([sys.executable, "-m", "venv", "--clear", VENV], lock)
    if done.returncode != 0:
        show_end(done.stdout)
        raise RefusedError(f"{sys.executable} -m venv failed: is the package python3-venv there?")


def install(kind: str, lock: int) -> None:
    """Let pip install requirements/{kind}.txt, exactly as pinned."""
    requirements = ROOT / "requirements" / f"{kind}.txt"
    say(f"Installing requirements/{kind}.txt (the first time takes a minute or two) …")
    UNFINISHED.touch()
    pip = [str(PYTHON), "-m", "pip", "--require-virtualenv", "--disable-pip-version-check"]
    # No step may need a compiler: wheels only.
    options = ["--quiet", "--no-input", "--require-hashes", "--only-binary", ":all:"]
    done = run([*pip, "install", *options, "-r", str(requirements)], lock)
    # A refusal leaves whole packages behind; only a killed pip doesn't get here.
    UNFINISHED.unlink()
    if done.returncode != 0:
        show_end(done.stdout)
        raise RefusedError(reason(done.stdout, kind))


def reason(said: str, kind: str) -> str:
    """One line for what pip said."""
    if "No matching distribution" in said:
        version = ".".join(map(str, sys.version_info[:2]))
        return (
            f"a package of requirements/{kind}.txt can't be had as a wheel for this platform "
            f"({sys.platform}, Python {version}), or the package index can't be reached"
        )
    return f"pip couldn't install requirements/{kind}.txt: see above"


def run(command: Sequence[str | Path], *locks: int) -> subprocess.CompletedProcess[str]:
    """Run to the end, with all output in `stdout`.

    The command shares `locks`: killed without it, we leave it at work, and the next of us must wait
    for it rather than work against it.
    """
    return subprocess.run(
        [str(part) for part in command],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        pass_fds=locks,
    )


@contextmanager
def locked() -> Iterator[int]:
    """One at a time: two commands may be started at once on a fresh clone."""
    # On this very file: a lock in .venv would go when .venv is made anew.
    with Path(__file__).open(encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another command that installs the requirements …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def show_end(said: str) -> None:
    """The last lines of a failed command's output, on stderr."""
    for line in said.splitlines()[-SHOWN_LINES:]:
        sys.stderr.write(f"  {line}\n")


def say(text: str) -> None:
    """A line of progress; not on stdout, which may be somebody's JSON."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
