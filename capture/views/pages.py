"""What the pages of ordering have in common."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from storefront.enums import Offer
from storefront.models import StorefrontSettings
from storefront.queries.settings import offers_of
from storefront.views.pages import visited_tenant

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def kept_private(view: View[P]) -> View[P]:
    """What the view answers is kept by no cache: it is one visitor's own."""

    @wraps(view)
    def private(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return private


def takes_orders(request: HttpRequest, storefront: StorefrontSettings) -> bool:
    """Whether the storefront takes orders."""
    return Offer.ORDERS in offers_of(visited_tenant(request), storefront)


def see_other(address: str) -> HttpResponse:
    """A redirect after a POST: `address` is to be read with GET."""
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response
