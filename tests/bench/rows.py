"""The rows: what is compared with what, and how often."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from tests.bench import cpu, goods, sharing
from tests.bench.comparison import InvalidRunError, Result, Side, compare
from tests.bench.surroundings import Surroundings
from tests.bench.workers import ROOT, Worker

FLEET = 200
_A_PAGE = 24


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


@dataclass(frozen=True, slots=True)
class Page:
    """A page below the language, and how many statements it takes."""

    path: str
    statements: int
    bound: float
    times: int = 6
    rounds: int = 301


PAGES = {
    "page": Page("cart/", statements=1, bound=1.2),
    "item": Page(f"items/{goods.SHOWN}/", statements=3, bound=1.2, times=3),
    "list": Page("items/", statements=5, bound=1.1, times=1),
}


def page(place: Surroundings) -> list[Result]:
    """An empty cart, with its one query, against the floor's."""
    return _page(place, "page")


def item(place: Surroundings) -> list[Result]:
    """An item's page, against the floor's."""
    return _page(place, "item")


def item_list(place: Surroundings) -> list[Result]:
    """A list of 24 items with their pictures, against the floor's."""
    return _page(place, "list")


def cached(place: Surroundings) -> list[Result]:
    """The list of 24 items from its tenant's cache, Valkey's CPU included, against plain Django's
    rendering of it: as it is sent to a first visitor, and as a browser is told that it has it already.
    """
    path = PAGES["list"].path
    with place.worker("kept") as ours, place.worker("plain") as floor:
        pages = {"hosts": list(sharing.share(ours, floor)), "path": path}
        sharing.check_kept(ours, floor, pages)
        valkey = place.valkey.process().pid
        rendered = Side(lambda: floor.call("pages", **pages, times=1), 1)
        return [
            compare(
                row,
                Side(partial(ours.call, ask, **pages, times=6, valkey=valkey), 6),
                rendered,
                bound=0.15,
                rounds=301,
            )
            for row, ask in (("cached", "kept_pages"), ("cached, 304", "known_pages"))
        ]


def _page(place: Surroundings, row: str) -> list[Result]:
    asked = PAGES[row]
    with place.worker("ours") as ours, place.worker("plain") as floor:
        hosts = list(sharing.share(ours, floor))
        pages = {"hosts": hosts, "path": asked.path}
        sharing.check_pages(place, ours, floor, pages, statements=asked.statements)
        return [
            compare(
                row,
                Side(lambda: ours.call("pages", **pages, times=asked.times), asked.times),
                Side(lambda: floor.call("pages", **pages, times=asked.times), asked.times),
                bound=asked.bound,
                rounds=asked.rounds,
            )
        ]


def visit(place: Surroundings) -> list[Result]:
    """Counting a page that was opened, against that page: the list of 24 items, and one item."""
    with place.worker("ours") as ours:
        tenants = ours.call("tenant_ids")
        valkey = place.valkey.process().pid
        ours.call("captures", hosts=tenants, path="items/", times=1, valkey=valkey)
        ours.call("counted_visits", tenants=list(tenants.values()))
        results = [
            _visit(ours, row, hosts=tenants, path=PAGES[row].path, valkey=valkey)
            for row in ("list", "item")
        ]
        if not ours.call("counted_visits", tenants=list(tenants.values())):
            raise InvalidRunError("no visit was counted")
    return results


def _visit(ours: Worker, row: str, *, hosts: dict[str, str], path: str, valkey: int) -> Result:
    pages = {"hosts": list(hosts), "path": path}
    return compare(
        f"visit, of {row}",
        Side(lambda: ours.call("captures", hosts=hosts, path=path, times=10, valkey=valkey), 10),
        Side(lambda: ours.call("pages", **pages, times=3), 3),
        bound=0.05,
        rounds=101,
    )


def search(place: Surroundings) -> list[Result]:
    """A page of what a search in 10,000 items found, against an item's page there; then the same search
    through the API.
    """
    with place.worker("searching") as ours:
        ours.call("open_bazaar")
        cards = ours.call("cards")
        if not all(0 < count <= _A_PAGE for count in cards.values()):
            raise InvalidRunError(f"each query is supposed to find something: {cards}")
        given = {"times": 5, "valkey": place.valkey.process().pid}
        item = Side(lambda: ours.call("items", **given), 5)
        return [
            compare(
                "search",
                Side(lambda: ours.call("searches", **given), 5),
                item,
                bound=2,
                rounds=101,
            ),
            compare(
                "search, API",
                Side(lambda: ours.call("api_searches", **given), 5),
                item,
                bound=None,
                rounds=51,
            ),
        ]


def order(place: Surroundings) -> list[Result]:
    """An order of three lines through the API, against plain Django making the same writes; then how
    long it waits for the database, against a single row of the same table, and how long plain Django
    waits that makes the same writes.
    """
    with place.worker("ours") as ours, place.worker("plain") as floor:
        hosts = list(sharing.share(ours, floor))
        ours.call("lift_limits")
        sharing.check_submissions(ours, floor, hosts)
        return [
            compare(
                "order",
                Side(lambda: ours.call("submissions", hosts=hosts, times=3), 3),
                Side(lambda: floor.call("submissions", hosts=hosts, times=3), 3),
                bound=1.5,
                rounds=201,
            ),
            compare(
                "order, database time",
                Side(lambda: ours.call("submission_times", hosts=hosts, times=3), 3),
                Side(lambda: floor.call("insertion_times", times=3), 3),
                bound=3,
                rounds=201,
            ),
            compare(
                "order, database time, plain Django",
                Side(lambda: floor.call("submission_times", hosts=hosts, times=3), 3),
                Side(lambda: floor.call("insertion_times", times=3), 3),
                bound=None,
                rounds=101,
            ),
        ]


def transaction(place: Surroundings) -> list[Result]:
    """Five statements in one transaction, against the floor; then stock django-tenants likewise."""
    with ExitStack() as stack:
        ours, floor, stock = (
            stack.enter_context(place.worker(side)) for side in ("ours", "plain", "stock")
        )
        tenants = list(sharing.share(ours, floor).values())
        schemas = ours.call("schemas", tenants=tenants)
        sharing.check_transactions(place, ours, floor, tenants)
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


def token(place: Surroundings) -> list[Result]:
    """Verifying an access token, against a whole request of a stranger."""
    with place.worker("identity") as side:
        carried = side.call("enter")["bearer"]
        _check_chain(side, {"bearer": carried}, {"bearer": 2})
        return [
            compare(
                "token",
                Side(lambda: side.call("verifications", carried=carried, times=40), 40),
                Side(lambda: side.call("strangers", times=20), 20),
                bound=0.6,
                rounds=201,
            )
        ]


def identity(place: Surroundings) -> list[Result]:
    """A member's request, by token and by session, against a stranger's at the same address."""
    bounds = {"bearer": 14, "session": 18}
    with place.worker("identity") as side:
        ways = side.call("enter")
        _check_chain(side, ways, {"bearer": 2, "session": 3})
        return [
            compare(
                f"identity, {way}",
                Side(partial(side.call, "members", carried=carried, times=8), 8),
                Side(lambda: side.call("strangers", times=20), 20),
                bound=bounds[way],
                rounds=201,
            )
            for way, carried in ways.items()
        ]


def _check_chain(side: Worker, ways: dict[str, dict[str, str]], statements: dict[str, int]) -> None:
    """A stranger asks the database nothing, a member so much. Raises InvalidRunError."""
    found = {way: side.call("statements", carried=carried) for way, carried in ways.items()}
    found["stranger"] = side.call("strangers_statements")
    if found != {**statements, "stranger": 0}:
        raise InvalidRunError(f"{statements} statements are supposed, there are {found}")


ROWS: dict[str, Callable[[Surroundings], list[Result]]] = {
    "claim": claim,
    "replay": replay,
    "fleet-noop": fleet_noop,
    "page": page,
    "item": item,
    "list": item_list,
    "cached": cached,
    "visit": visit,
    "search": search,
    "transaction": transaction,
    "order": order,
    "token": token,
    "identity": identity,
}


def prepare(place: Surroundings) -> None:
    """A release, and a fleet of tenants, three of which the rows rotate through."""
    with place.worker("ours") as ours:
        ours.call("install")
        ours.call("populate", tenants=FLEET)


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
