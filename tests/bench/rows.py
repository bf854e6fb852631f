"""The rows: what is compared with what, and how often.

On a shared machine a core's speed changes twofold within a tenth of a second, so each side runs for ten
or twenty milliseconds only before it is the other's turn, and the rounds are many.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median, quantiles

from tests.bench import agreement, cpu
from tests.bench.surroundings import Surroundings
from tests.bench.workers import ROOT, Worker

FLEET = 200
_MILLION = 1_000_000


class InvalidRunError(RuntimeError):
    """The run can't be measured: something isn't as the row supposes."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a row measured. Costs are milliseconds of CPU for one piece of work."""

    row: str
    ours: float
    floor: float
    ratio: float
    spread: tuple[float, float]
    bound: float | None

    @property
    def is_ok(self) -> bool:
        """Whether the bound holds; a row without one is information."""
        return self.bound is None or self.ratio <= self.bound


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: what to run, and how many pieces of work it is. `run` returns nanoseconds."""

    run: Callable[[], int]
    pieces: int

    def cost(self) -> float:
        """Milliseconds a piece."""
        return self.run() / self.pieces / _MILLION


def compare(row: str, ours: Side, floor: Side, *, bound: float | None, rounds: int) -> Result:
    """Run both in turn, `rounds` times after one for warming up; the median of the ratios counts."""
    pairs = [(ours.cost(), floor.cost()) for _ in range(rounds + 1)][1:]
    ratios = [our / its for our, its in pairs]
    tenths = quantiles(ratios, n=10)
    return Result(
        row=row,
        ours=median(our for our, _ in pairs),
        floor=median(its for _, its in pairs),
        ratio=median(ratios),
        spread=(tenths[0], tenths[-1]),
        bound=bound,
    )


def claim(place: Surroundings) -> list[Result]:
    """Claiming a schema from the warm pool, against making one by replay."""
    with place.worker("ours") as ours:
        ours.call("stock", size=20)
        return [
            compare(
                "claim",
                Side(lambda: ours.call("claims", times=10), 10),
                Side(lambda: ours.call("replays", times=2), 2),
                bound=0.1,
                rounds=75,
            )
        ]


def replay(place: Surroundings) -> list[Result]:
    """Making a schema by replay of the compiled DDL, against running the migrations: as stock
    django-tenants does, and only those of them that the schema needs (docs/adr/0005).
    """
    with place.worker("ours") as ours, place.worker("stock_schemas") as stock:
        ours.call("stock", size=1)
        if not ours.call("ways_agree") or not stock.call("makes_the_template"):
            raise InvalidRunError("replay and migrations make different schemas")
        replays = Side(lambda: ours.call("replays", times=2), 2)
        return [
            compare(
                "replay, against stock",
                replays,
                Side(lambda: stock.call("creations", times=1), 1),
                bound=0.15,
                rounds=21,
            ),
            compare(
                "replay, against lean migrations",
                replays,
                Side(lambda: ours.call("migrations", times=1), 1),
                bound=0.35,
                rounds=61,
            ),
        ]


def fleet_noop(place: Surroundings) -> list[Result]:
    """`manage.py migrate_schemas` with nothing to do for 200 tenants, against `manage.py check`."""
    with place.worker("ours") as ours:
        tenants = ours.call("count_tenants")
    if tenants != FLEET:
        raise InvalidRunError(f"{FLEET} tenants are supposed, there are {tenants}")
    said = "every schema is at this release already"
    return [
        compare(
            "fleet-noop",
            Side(lambda: _command(place, "migrate_schemas", said), 1),
            Side(lambda: _command(place, "check", "no issues"), 1),
            bound=1.2,
            rounds=11,
        )
    ]


def page(place: Surroundings) -> list[Result]:
    """A storefront's page with its one query, against the floor's."""
    with place.worker("ours") as ours, place.worker("plain") as floor:
        hosts = list(_share(ours, floor))
        _check_pages(place, ours, floor, hosts)
        return [
            compare(
                "page",
                Side(lambda: ours.call("pages", hosts=hosts, times=6), 6),
                Side(lambda: floor.call("pages", hosts=hosts, times=6), 6),
                bound=1.2,
                rounds=301,
            )
        ]


def transaction(place: Surroundings) -> list[Result]:
    """Five statements in one transaction, against the floor; then stock django-tenants likewise."""
    with ExitStack() as stack:
        ours, floor, stock = (
            stack.enter_context(place.worker(side)) for side in ("ours", "plain", "stock")
        )
        tenants = list(_share(ours, floor).values())
        schemas = ours.call("schemas", tenants=tenants)
        _check_orders(place, ours, floor, tenants)
        plain = Side(lambda: floor.call("transactions", times=9), 9)
        return [
            compare(
                "transaction",
                Side(lambda: ours.call("transactions", tenants=tenants, times=9), 9),
                plain,
                bound=1.2,
                rounds=301,
            ),
            compare(
                "transaction, stock django-tenants",
                Side(lambda: stock.call("transactions", schemas=schemas, times=9), 9),
                plain,
                bound=None,
                rounds=101,
            ),
        ]


ROWS: dict[str, Callable[[Surroundings], list[Result]]] = {
    "claim": claim,
    "replay": replay,
    "fleet-noop": fleet_noop,
    "page": page,
    "transaction": transaction,
}


def prepare(place: Surroundings) -> None:
    """A release, and a fleet of tenants, three of which the rows rotate through."""
    with place.worker("ours") as ours:
        ours.call("install")
        ours.call("populate", tenants=FLEET)


def _share(ours: Worker, floor: Worker) -> dict[str, str]:
    """Hand our rows to the floor. Returns host → id of the tenants."""
    tenants = ours.call("tenant_ids")
    floor.call("load", **ours.call("rows_to_share", tenants=tenants))
    return tenants


def _check_pages(place: Surroundings, ours: Worker, floor: Worker, hosts: list[str]) -> None:
    answers = []
    messages = []
    with place.statement_log() as log:
        for side in (ours, floor):
            side.call("disconnect")
            side.call("answers", hosts=hosts)  # connects, and fills the caches
            start = log.stat().st_size
            answers.append(side.call("answers", hosts=hosts))
            messages.append(agreement.logged(log, backend=side.call("backend"), start=start))
    agreement.same_answers(*answers)
    agreement.same_messages(*messages, scoped=len(answers[0]))
    for side in (ours, floor):
        side.call("disconnect")  # away from the log
        side.call("answers", hosts=hosts)


def _check_orders(place: Surroundings, ours: Worker, floor: Worker, tenants: list[str]) -> None:
    statements = []
    messages = []
    sides = ((ours, {"tenants": tenants}), (floor, {"places": len(tenants)}))
    with place.statement_log() as log:
        for side, arguments in sides:
            side.call("disconnect")
            side.call("orders", **arguments)
            start = log.stat().st_size
            statements.append(side.call("orders", **arguments))
            messages.append(agreement.logged(log, backend=side.call("backend"), start=start))
    agreement.same_orders(*statements)
    agreement.same_messages(*messages, scoped=len(tenants))
    for side, arguments in sides:
        side.call("disconnect")
        side.call("orders", **arguments)


def _command(place: Surroundings, name: str, expected: str) -> int:
    """CPU of `manage.py NAME` as a whole: its process, and all that PostgreSQL did meanwhile."""
    postmaster = place.postmaster
    idle = len(cpu.children(postmaster))
    before = cpu.of_server(postmaster)
    process = subprocess.Popen(
        [sys.executable, "manage.py", name],
        cwd=ROOT,
        env=place.environment_of("ours"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process.stdout:
        said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or expected not in said:
        raise InvalidRunError(f"manage.py {name} (exit {process.returncode}): {said}")
    deadline = time.monotonic() + 5
    while len(cpu.children(postmaster)) > idle and time.monotonic() < deadline:
        time.sleep(0.01)
    own = int((usage.ru_utime + usage.ru_stime) * 1_000_000_000)
    return own + cpu.of_server(postmaster) - before
