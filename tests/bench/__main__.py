"""`bin/bench [row …] [--json]`: exit 0 only if every bound held (docs/benchmarks.md)."""

import signal
import sys
from argparse import ArgumentParser, Namespace

from config.embedded.errors import EmbeddedError
from tests.bench import cpu, report
from tests.bench.comparison import Result
from tests.bench.rows import ROWS, prepare
from tests.bench.surroundings import surroundings


def main() -> int:
    """Measure what the command line asks for; returns the exit status."""
    options = _options()
    if not cpu.is_countable():
        print("bin/bench: needs Linux, for the kernel's CPU figures", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        return _run(options)
    except EmbeddedError as error:
        print(f"bin/bench: {error}", file=sys.stderr)
        return 1


def _options() -> Namespace:
    parser = ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="row", help=", ".join(ROWS))
    parser.add_argument("--json", action="store_true", help="one document instead of the table")
    options = parser.parse_args()
    unknown = [name for name in options.rows if name not in ROWS]
    if unknown:
        parser.error(f"no row {', '.join(unknown)}: choose from {', '.join(ROWS)}")
    return options


def _run(options: Namespace) -> int:
    chatter = sys.stderr if options.json else sys.stdout
    results: list[Result] = []
    with surroundings() as place:
        prepare(place)
        machine = place.machine()
        print(report.headings(machine), file=chatter, flush=True)
        for name in options.rows or ROWS:
            for result in ROWS[name](place):
                results.append(result)
                print(report.row(result), file=chatter, flush=True)
    if options.json:
        print(report.as_json(machine, results))
    return 0 if all(result.is_ok for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
