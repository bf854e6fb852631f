"""The same rows for both sides, and the proof that both do the same work with them."""

from typing import Any

from tests.bench import agreement
from tests.bench.surroundings import Surroundings
from tests.bench.workers import Worker


def share(ours: Worker, floor: Worker) -> dict[str, str]:
    """Hand our rows to the floor. Returns host → id of the tenants."""
    tenants: dict[str, str] = ours.call("tenant_ids")
    floor.call("load", **ours.call("rows_to_share", tenants=tenants))
    return tenants


def check_pages(
    place: Surroundings, ours: Worker, floor: Worker, asked: dict[str, Any], *, statements: int
) -> None:
    """Both answer with the same pages, of so many statements each. Raises DisagreementError."""
    answers = []
    messages = []
    with place.statement_log() as log:
        for side in (ours, floor):
            side.call("disconnect")
            side.call("answers", **asked)  # connects, and fills the caches
            start = log.stat().st_size
            answers.append(side.call("answers", **asked))
            messages.append(agreement.logged(log, backend=side.call("backend"), start=start))
    agreement.same_answers(*answers, statements=statements)
    agreement.same_messages(*messages, scoped=statements * len(answers[0]))
    for side in (ours, floor):
        side.call("disconnect")  # away from the log
        side.call("answers", **asked)


def check_kept(ours: Worker, floor: Worker, asked: dict[str, Any]) -> None:
    """What we keep is what the floor renders, and takes the one statement that reads what is left. Raises
    DisagreementError.
    """
    for side in (ours, floor):
        side.call("answers", **asked)
    kept, rendered = (side.call("answers", **asked) for side in (ours, floor))
    agreement.same_bodies(kept, rendered, statements=1)


def check_transactions(
    place: Surroundings, ours: Worker, floor: Worker, tenants: list[str]
) -> None:
    """Both send the same five statements. Raises DisagreementError."""
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


def check_submissions(ours: Worker, floor: Worker, hosts: list[str]) -> None:
    """Both take an order with the same writes and answer alike. Raises DisagreementError."""
    for side in (ours, floor):
        side.call("submitted", hosts=hosts)  # connects, and begins to count
    answers = (side.call("submitted", hosts=hosts) for side in (ours, floor))
    agreement.same_submissions(*answers)
