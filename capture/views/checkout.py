"""The checkout: who orders, and sending it off, once."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from capture.domain.carts import Cart, PricedLines, price_lines
from capture.domain.checkouts import check_out, token_of
from capture.domain.idempotency import KeyReusedError, RequestInFlightError
from capture.domain.orders import (
    InvalidLinesError,
    ItemUnavailableError,
    OutOfStockError,
    PriceChangedError,
)
from capture.domain.submissions import count_submission
from capture.forms.checkout import CheckoutForm
from capture.forms.lines import wanted_quantities
from capture.views.cookies import cart_of, keep_cart
from capture.views.pages import kept_private, see_other, takes_orders
from storefront.queries.settings import get_storefront
from storefront.views.pages import storefront_page
from storefront.views.visits import begin_visit
from tenants.gateways.rate_limits import RateLimitedError
from tenants.requests import client_address

#: What can be said of an order that isn't placed: the status, and the words above the form.
_REFUSALS: dict[type[Exception], tuple[int, str | Promise]] = {
    InvalidLinesError: (400, _("Something in your order has to change before you can send it.")),
    ItemUnavailableError: (409, _("Something in your order is no longer offered.")),
    OutOfStockError: (409, _("There are fewer left than you asked for.")),
    PriceChangedError: (
        409,
        _("The price has changed since you opened this page. Look at the new total, then order."),
    ),
    KeyReusedError: (
        422,
        _("This form was already sent as an order. Send it again only if you want a second one."),
    ),
    RequestInFlightError: (
        409,
        _("Your order is on its way. Wait a moment, then press again: it is not sent twice."),
    ),
    RateLimitedError: (
        429,
        _("Too many orders were sent from here. What you typed is kept: send it in a few minutes."),
    ),
}
_CLOSED = _("Orders are not taken here at the moment.")


@require_http_methods(["GET", "HEAD", "POST"])
@kept_private
def checkout(request: HttpRequest) -> HttpResponse:
    """The form (three queries, four with variants), or the order that it asks for."""
    if request.method == "POST":
        return _changed(request) if "set" in request.POST else _submitted(request)
    storefront = get_storefront()
    priced = price_lines(cart_of(request).lines, now=timezone.now())
    if not priced.rows or priced.has_problems or not takes_orders(request, storefront):
        return see_other(reverse("capture:cart"))
    visit = begin_visit(request)
    return _page(request, CheckoutForm(), priced, storefront=storefront, visit=visit)


def _submitted(request: HttpRequest) -> HttpResponse:
    form = CheckoutForm(request.POST)
    is_valid = form.is_valid()
    try:
        count_submission(client_address(request))
        if not is_valid:
            return _again(request, form, status=400)
        token = check_out(
            form.new_order(language=get_language() or "en"),
            key=form.cleaned_data["key"],
            is_open=takes_orders(request, get_storefront()),
            now=timezone.now(),
        )
    except tuple(_REFUSALS) as error:
        return _refused(request, form, error)
    held = cart_of(request).without([line.choice for line in form.lines])
    return keep_cart(see_other(reverse("capture:track", args=[token]) + "?thanks=1"), held)


def _refused(request: HttpRequest, form: CheckoutForm, error: Exception) -> HttpResponse:
    status, words = _REFUSALS[type(error)]
    if isinstance(error, ItemUnavailableError) and not error.problems:
        words = _CLOSED
    # A used key would be refused again; every other is as good as new.
    used = isinstance(error, KeyReusedError)
    shown = {"key": uuid4(), "sent": token_of(form.cleaned_data["key"])} if used else {}
    response = _again(request, form, status=status, words=words, **shown)
    if isinstance(error, RateLimitedError):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _again(
    request: HttpRequest,
    form: CheckoutForm,
    *,
    status: int,
    words: str | Promise = "",
    **shown: Any,
) -> HttpResponse:
    """The form with everything that was typed, at the prices of now; `words`: why it wasn't taken."""
    lines = form.lines or cart_of(request).lines
    if not lines:
        return see_other(reverse("capture:cart"))
    priced = price_lines(lines, now=timezone.now())
    for text in _reasons(form, priced, words):
        form.add_error(None, text)
    key = form.cleaned_data.get("key") or uuid4()
    return _page(request, form, priced, status=status, **{"key": key, **shown})


def _reasons(form: CheckoutForm, priced: PricedLines, words: str | Promise) -> list[str]:
    """What is said above the form, each thing once."""
    said = [str(words)] if words else []
    seen = form.cleaned_data.get("expected_total")
    if not priced.has_problems and seen not in (None, priced.total):
        said.append(str(_REFUSALS[PriceChangedError][1]))
    said += [problem.message for problem in priced.quote.problems]
    return list(dict.fromkeys(said))


def _changed(request: HttpRequest) -> HttpResponse:
    """The form with everything that was typed, after a line was changed in place."""
    form = CheckoutForm(request.POST)
    form.is_valid()
    wanted = wanted_quantities(request.POST)
    lines = Cart(tuple(form.lines)).with_quantities(wanted).lines
    held = cart_of(request).with_quantities(wanted)
    if not lines:
        return keep_cart(see_other(reverse("capture:cart")), held)
    again = CheckoutForm(initial=form.typed)
    key = form.cleaned_data.get("key") or uuid4()
    return keep_cart(_page(request, again, price_lines(lines, now=timezone.now()), key=key), held)


def _page(
    request: HttpRequest,
    form: CheckoutForm,
    priced: PricedLines,
    *,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    visit = request.POST.get("visit", "")
    context = {"form": form, "priced": priced, "key": uuid4(), "visit": visit, **shown}
    return storefront_page(request, "capture/checkout.html", context, status=status)
