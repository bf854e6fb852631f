"""The demo's command line. Standard library only: `bin/demo` runs it before anything is installed.

`python config/embedded/options.py [--port N] [--reset]` exits with 2 on a wrong option.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

_LAST_PORT = 65535
_DESCRIPTION = """\
Run all of Souqna on this machine: database, web, stream, worker, beat.
Data are kept in the folder SOUQNA_STATE (default: var) and survive a restart.
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What the person asked for."""

    port: int
    reset: bool


def parse(arguments: Sequence[str] | None = None) -> Options:
    """The options in `arguments` (default: the command line); exits 2 when they are wrong."""
    parser = argparse.ArgumentParser(
        prog="bin/demo",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--port", type=_port, default=8000, metavar="N", help="listen on this port (default: 8000)"
    )
    parser.add_argument(
        "--reset", action="store_true", help="start over: remove the database, media and mail first"
    )
    found = parser.parse_args(arguments)
    return Options(port=found.port, reset=found.reset)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to {_LAST_PORT}")
    return int(text)


if __name__ == "__main__":
    parse()
