"""The embedded mailbox on `app.`: every mail that this installation sent, for whoever tries it out.

There is no log-in, so there is no mailbox either where a mail server is set up.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.models import Message
from notifications.queries.mailbox import sent_message, sent_messages

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
# A mail is a stranger's markup: no script, no form, nothing loaded, and it can't act as this host.
_SANDBOX = "sandbox allow-popups allow-popups-to-escape-sandbox"
_POLICY = (
    f"{_SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    " frame-ancestors 'self'"
)


def embedded(view: View[P]) -> View[P]:
    """The view, where the embedded mailbox is in use; else there is no such page."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not settings.SOUQNA_MAILBOX:
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(require_safe(answer))


@embedded
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest mails, or those `?to=` one address. One query."""
    to = _address(request)
    context = {"to": to, "mails": sent_messages(to=to)}
    return render(request, "mailbox/list.html", context)


@embedded
def messages(request: HttpRequest) -> HttpResponse:
    """The same as JSON. One query."""
    found = sent_messages(to=_address(request))
    return JsonResponse([_document(message) for message in found], safe=False)


@embedded
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One mail: its headers, its text, and its HTML in a frame. One query."""
    return render(request, "mailbox/message.html", {"mail": _found(message_id)})


@embedded
def html(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """The HTML of one mail as it was sent, shut into a sandbox. One query."""
    response = HttpResponse(_found(message_id).html)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _address(request: HttpRequest) -> str:
    # PostgreSQL keeps no NUL, and raises where it is asked for one.
    return request.GET.get("to", "").replace("\0", "").strip()


def _found(message_id: UUID) -> Message:
    found = sent_message(message_id)
    if found is None:
        raise Http404
    return found


def _document(found: Message) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "to": found.recipient,
        "subject": found.subject,
        "text": found.text,
        "html": found.html,
        "headers": found.headers,
        "attachments": found.attachments,
        "sent_at": found.sent_at,
    }
