"""Refusals of the APIs as `application/problem+json`."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from tenants.gateways.rate_limits import RateLimitedError
from tenants.views.problems import problem_response

_CODES = {
    400: "invalid",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
}

_DJANGOS = {Http404: 404, PermissionDenied: 403, RequestDataTooBig: 413}


class Problem(exceptions.APIException):
    """A refusal with a code of ours. `errors`: texts by field; `members`: further members of the
    document.
    """

    def __init__(
        self,
        status: int,
        code: str,
        *,
        errors: Mapping[str, Sequence[str]] | None = None,
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code, code)
        self.status_code, self.code = status, code
        self.errors, self.members, self.headers = errors or {}, members or {}, headers or {}


def invalid(field: str, *texts: str) -> Problem:
    """400 with texts at one field."""
    return Problem(400, "invalid", errors={field: texts})


@contextmanager
def limits() -> Iterator[None]:
    """Turn a used-up rate limit into a 429 that says when to come back."""
    try:
        yield
    except RateLimitedError as error:
        raise Problem(
            429, "rate_limited", headers={"Retry-After": str(error.retry_after)}
        ) from error


def problem_handler(exception: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's `EXCEPTION_HANDLER`: the answer to an expected exception, or None for a fault."""
    problem = _problem(exception)
    if problem is None:
        return None
    set_rollback()
    return problem_response(
        context["request"]._request,  # noqa: SLF001 (DRF offers no other way to Django's request)
        status=problem.status_code,
        code=problem.code,
        errors=problem.errors,
        members=problem.members,
        headers=problem.headers,
    )


def _problem(exception: Exception) -> Problem | None:
    match exception:
        case Problem():
            return exception
        case exceptions.ValidationError():
            return Problem(400, "invalid", errors=errors_of(exception.detail))
        case exceptions.APIException():
            code = _CODES.get(exception.status_code, "invalid")
            return Problem(exception.status_code, code, headers=_headers(exception))
    for kind, status in _DJANGOS.items():
        if isinstance(exception, kind):
            return Problem(status, _CODES[status])
    return None


def errors_of(detail: Any) -> dict[str, list[str]]:
    """The texts of DRF's nested errors by the outermost field, or by `non_field_errors`."""
    if isinstance(detail, Mapping):
        return {name: list(_texts(value)) for name, value in detail.items()}
    return {api_settings.NON_FIELD_ERRORS_KEY: list(_texts(detail))}


def _texts(detail: Any) -> Iterator[str]:
    """The texts in a nested structure of errors, each once."""
    seen: dict[str, None] = {}
    pending = [detail]
    while pending:
        one = pending.pop(0)
        if isinstance(one, Mapping):
            pending[:0] = one.values()
        elif isinstance(one, list | tuple):
            pending[:0] = one
        else:
            seen[str(one)] = None
    yield from seen


def _headers(exception: exceptions.APIException) -> dict[str, str]:
    wait = getattr(exception, "wait", None)
    header = getattr(exception, "auth_header", None)
    return {
        **({"Retry-After": str(int(wait))} if wait else {}),
        **({"WWW-Authenticate": header} if header else {}),
    }
