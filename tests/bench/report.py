"""The table, and the same as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from tests.bench.comparison import Result

_WIDTHS = (36, 10, 10, 8, 15, 7, 6)
_HEADINGS = ("row", "ours ms", "floor ms", "ratio", "10–90 %", "bound", "")


def headings(machine: Mapping[str, str | int]) -> str:
    """Above the first row."""
    facts = ", ".join(f"{name} {value}" for name, value in machine.items())
    return f"CPU of server and PostgreSQL, ours ÷ floor ({facts})\n{_line(_HEADINGS)}"


def row(result: Result) -> str:
    """One row of the table."""
    low, high = result.spread
    return _line(
        (
            result.row,
            f"{result.ours:.2f}",
            f"{result.floor:.2f}",
            f"{result.ratio:.3f}",
            f"{low:.3f}–{high:.3f}",
            "" if result.bound is None else f"{result.bound:g}",
            verdict(result),
        )
    )


def verdict(result: Result) -> str:
    """`ok`, `FAIL`, or nothing without a bound."""
    if result.bound is None:
        return ""
    return "ok" if result.is_ok else "FAIL"


def as_json(machine: Mapping[str, str | int], results: list[Result]) -> str:
    """The whole run as one document."""
    rows = [{**asdict(result), "ok": result.is_ok} for result in results]
    return json.dumps({"machine": machine, "rows": rows}, indent=2)


def _line(cells: tuple[str, ...]) -> str:
    first, *others = zip(cells, _WIDTHS, strict=True)
    return (first[0].ljust(first[1]) + "".join(cell.rjust(w) for cell, w in others)).rstrip()
