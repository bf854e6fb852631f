"""What all submissions of visitors share: the limit, the key and the repeated answer."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from capture.domain.idempotency import Answer, Attempt, KeyReusedError, RequestInFlightError, once
from capture.domain.submissions import count_submission
from tenants.api.problems import Problem, limits
from tenants.api.requests import surface_request
from tenants.db.messages import Question
from tenants.requests import client_address


def submit(
    request: Request,
    endpoint: str,
    do: Callable[..., Answer],
    *,
    now: datetime,
    asking: Sequence[Question] = (),
) -> Response:
    """Call `do`, with the answers to `asking`, once for the request's Idempotency-Key.

    Raises Problem.
    """
    with limits():
        count_submission(client_address(surface_request(request)))
    attempt = Attempt(endpoint, _key(request), request.data)
    with _told():
        answer = once(attempt, do, now=now, asking=asking)
    response = Response(answer.body, status=answer.status, headers={"Location": answer.location})
    if answer.is_replay:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _key(request: Request) -> UUID:
    try:
        return UUID(request.headers.get("Idempotency-Key", ""))
    except ValueError:
        raise Problem(400, "idempotency_key_required") from None


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except RequestInFlightError as error:
        raise Problem(409, "request_in_flight", headers={"Retry-After": "1"}) from error
    except KeyReusedError as error:
        raise Problem(422, "idempotency_key_reused") from error
