"""Every refusal and failure, as a page or as `application/problem+json` (RFC 9457)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.functional import Promise
from django.utils.translation import get_language, override

from tenants import context_processors
from tenants.domain.languages import choose_language, is_staff_surface
from tenants.domain.problems import wording

_log = structlog.get_logger(__name__)

Text = str | Promise
Errors = Mapping[str, Sequence[Text]]

# The staff API lies under the tenant's slug until the surface middleware has moved it away.
_API = re.compile(r"/(?:[^/]+/)?api/")
_JSON = ("application/problem+json", "application/json")
_RETRY_AFTER = {429: "60", 503: "30"}  # seconds, where the caller knows no better
_WHOLE_HOST = ("tenant_not_found", "tenant_suspended", "unavailable", "rate_limited")
#: With every 401 (RFC 9110, 15.5.2).
NOT_LOGGED_IN = {"WWW-Authenticate": 'Bearer realm="souqna"'}
_LAST_RESORT = (
    "<!doctype html><html lang=en><title>Souqna</title>"
    "<p>Something went wrong on our side. Please try again in a moment."
    "<p lang=ar dir=rtl>حدث خطأ من جهتنا. يُرجى المحاولة بعد قليل.</html>"
)


def problem_response(
    request: HttpRequest,
    *,
    status: int,
    code: str,
    title: Text | None = None,
    detail: Text | None = None,
    errors: Errors | None = None,
    members: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The answer for a problem, in the request's language; asks neither database nor cache.

    `title` and `detail` replace the wording of `code`; `errors` holds texts by field; `members` are
    added to a document, where they can be JSON. A 429 or 503 gets a `Retry-After` unless `headers`
    bring one.
    """
    language = choose_language(request).language
    with override(language):
        document = problem_document(
            status=status, code=code, title=title, detail=detail, errors=errors
        )
        document.update(members or {})
        response = _answer(request, document)
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept, Accept-Language, Cookie"
    if status in _RETRY_AFTER:
        response.headers["Retry-After"] = _RETRY_AFTER[status]
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def problem_document(
    *,
    status: int,
    code: str,
    title: Text | None = None,
    detail: Text | None = None,
    errors: Errors | None = None,
) -> dict[str, Any]:
    """The members of a problem document, in the language in force."""
    words = wording(code)
    return {
        "type": f"urn:souqna:problem:{code}",
        "title": str(title or words.title),
        "status": status,
        "code": code,
        "detail": str(detail or words.detail),
        "errors": {name: [str(text) for text in texts] for name, texts in (errors or {}).items()},
    }


def is_api_path(request: HttpRequest) -> bool:
    """Whether the request is for an API: of this host, or of the tenant that its path begins with."""
    return _API.match(request.path) is not None


def log_in_code(request: HttpRequest) -> str:
    """What a stranger to an API is told: that they brought a token that is no good, or nothing."""
    return "invalid_token" if getattr(request, "is_token_bad", False) else "not_authenticated"


def wants_document(request: HttpRequest) -> bool:
    """Whether a problem is answered in JSON: on an API's path, or to a client that reads no HTML."""
    if is_api_path(request):
        return True
    return not request.accepts("text/html") and any(map(request.accepts, _JSON))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 for a body over the limit."""
    if isinstance(exception, RequestDataTooBig):
        return problem_response(request, status=413, code="too_large")
    return problem_response(request, status=400, code="invalid")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return problem_response(request, status=403, code="permission_denied")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without a valid token or from a foreign origin."""
    return problem_response(request, status=403, code="csrf_failed")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return problem_response(request, status=404, code="not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    """500. When even the page fails (a broken template, a missing file), a plain one."""
    try:
        return problem_response(request, status=500, code="server_error")
    except Exception:  # noqa: BLE001 (the last door: whatever failed, the person gets an answer)
        _log.exception("problem_page_failed")
        return HttpResponse(_LAST_RESORT, status=500)


def _answer(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    status = document["status"]
    if wants_document(request):
        return JsonResponse(document, status=status, content_type="application/problem+json")
    # Without the request: the context processors of other apps may be what failed.
    page = loader.get_template("problems/problem.html").render(
        {
            **context_processors.surface(request),
            "status": status,
            "code": document["code"],
            "title": document["title"],
            "text": document["detail"],
            "errors": document["errors"],
            "home_url": _home_url(request, document["code"]),
            "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
        }
    )
    return HttpResponse(page, status=status)


def _home_url(request: HttpRequest, code: str) -> str:
    """Where to go on from here; nowhere when the whole host is out."""
    if code in _WHOLE_HOST:
        return ""
    return "/" if is_staff_surface(request) else f"/{get_language()}/"
