"""The page where a customer follows an order, for whoever holds its token."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from capture.domain.progress import stages_of
from capture.queries.orders import order_by_token
from capture.views.pages import kept_private
from storefront.views.pages import storefront_page


@require_safe
@kept_private
def track(request: HttpRequest, token: str) -> HttpResponse:
    """Where the order stands and what comes next. Four queries. Its address is a secret: it is told
    to no other site and no search engine.
    """
    order = order_by_token(token)
    if order is None:
        raise Http404
    shown = {"order": order, "stages": stages_of(order), "thanks": "thanks" in request.GET}
    response = storefront_page(request, "capture/track.html", shown)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
