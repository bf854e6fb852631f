"""The outermost layer: an id for each request, one log line, and an answer when a server is away."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

_log = structlog.get_logger("souqna.request")
# Whoever has the token sees the order, or the invitation: logs are read by more people than that.
_SECRET = re.compile(r"(/track/|^/invitations/)[^/]+")
_FOREIGN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")


class RequestMiddleware:
    """Bind the request's id to every log line and send it back as `X-Request-ID`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and log method, path, status and milliseconds (of CPU wait included)."""
        started = time.perf_counter()
        request_id = _request_id(request)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            _log.info(
                "request",
                method=request.method,
                path=_SECRET.sub(r"\1…", request.path),
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000, 1),
            )
        finally:
            structlog.contextvars.clear_contextvars()
        return response


def _request_id(request: HttpRequest) -> str:
    """The id that a trusted proxy gave, or a new one."""
    if settings.SOUQNA_TRUSTED_HOPS:
        # Not request.headers: it would be built from every header, and most pages need none of it.
        given: str = request.META.get("HTTP_X_REQUEST_ID", "")
        if _FOREIGN_ID.match(given):
            return given
    return str(uuid.uuid4())
