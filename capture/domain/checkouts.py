"""A checkout: an order placed once, however often its form is sent."""

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from capture.domain.idempotency import Answer, Attempt, RequestInFlightError, once
from capture.domain.orders import NewOrder, place_order, wanted
from capture.queries.submissions import answer_body

ENDPOINT = "checkout"

# A double click: the second request waits for the first, rather than bother the visitor. Seconds.
_WAITS = (0.05, 0.1, 0.2, 0.4, 0.8)


def check_out(new_order: NewOrder, *, key: UUID, is_open: bool, now: datetime) -> str:
    """Place the order unless the form with this `key` did so before. Returns its tracking token.

    Raises what `place_order` and `once` raise; RequestInFlightError after a second and a half.
    """

    def place(*rows: Any) -> Answer:
        order = place_order(new_order, is_open=is_open, rows=rows, now=now)
        return Answer(303, {"number": order.number, "token": order.tracking_token})

    attempt = Attempt(ENDPOINT, key, asdict(new_order))
    answer = _patiently(lambda: once(attempt, place, now=now, asking=wanted(new_order)))
    return str(answer.body["token"])


def token_of(key: UUID) -> str:
    """The tracking token of the order that the form with this `key` placed; empty if none was."""
    return str(answer_body(ENDPOINT, key).get("token", ""))


def _patiently(act: Callable[[], Answer]) -> Answer:
    for wait in _WAITS:
        try:
            return act()
        except RequestInFlightError:
            time.sleep(wait)
    return act()
