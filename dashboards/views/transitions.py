"""The steps of an order, taken from its page."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from capture.domain import orders, workflows
from dashboards.forms.orders import TransitionForm
from dashboards.views.orders import Refusal, is_fragment, order_or_404, order_page
from dashboards.views.pages import person_of
from tenants.domain.problems import wording
from tenants.requests import SurfaceRequest

_REFUSALS: dict[type[Exception], tuple[str, int]] = {
    workflows.StaleVersionError: ("stale_version", 409),
    workflows.InvalidTransitionError: ("invalid_transition", 409),
    workflows.ReasonRequiredError: ("reason_required", 400),
}


@require_http_methods(["GET", "HEAD", "POST"])
def transitions(request: SurfaceRequest, number: str) -> HttpResponse:
    """Take a step. Whoever comes here by a link (after logging in anew) is led to the order."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("order", args=[number]))
    form = TransitionForm(request.POST)
    if not form.is_valid():
        texts = form.errors.get("reason") or [_text("invalid")]
        return _refused(request, number, texts, status=400)
    try:
        _take(request, number, form.cleaned_data)
    except orders.UnknownOrderError as error:
        raise Http404 from error
    except orders.OutOfStockError as error:
        texts = [problem.message for problem in error.problems]
        return _refused(request, number, texts, status=409)
    except tuple(_REFUSALS) as error:
        if not _is_done(request, number, form.cleaned_data):
            code, status = _REFUSALS[type(error)]
            return _refused(request, number, [_text(code)], status=status)
    return _done(request, number)


def _take(request: SurfaceRequest, number: str, asked: dict[str, Any]) -> None:
    person = person_of(request)
    orders.change_status(
        number,
        actor=orders.Actor(person.id, person.name or person.email),
        now=timezone.now(),
        **asked,
    )


def _is_done(request: SurfaceRequest, number: str, asked: dict[str, Any]) -> bool:
    """Whether this very person has just taken this very step: a form sent twice."""
    last = list(order_or_404(number).history.all())[-1]
    return (last.to_status, last.version, last.actor_id) == (
        asked["to"],
        asked["version"] + 1,
        person_of(request).id,
    )


def _done(request: SurfaceRequest, number: str) -> HttpResponse:
    changed = order_or_404(number)
    said = _("Order %(number)s: %(status)s") % {
        "number": changed.number,
        "status": changed.get_status_display(),
    }
    if is_fragment(request):
        return order_page(request, changed, said=said)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("order", args=[number]))


def _refused(
    request: SurfaceRequest, number: str, texts: Sequence[object], *, status: int
) -> HttpResponse:
    refusal = Refusal(
        texts=[str(text) for text in texts],
        to=request.POST.get("to", ""),
        reason=request.POST.get("reason", ""),
    )
    return order_page(request, order_or_404(number), refusal=refusal, status=status)


def _text(code: str) -> str:
    words = wording(code)
    return f"{words.title}. {words.detail}"
