"""The visitor's cart in a cookie of this host. Only the pages of ordering read it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from capture.domain.carts import KEPT, Cart


def cart_of(request: HttpRequest) -> Cart:
    """The visitor's cart."""
    return Cart.read(request.COOKIES.get(settings.CART_COOKIE_NAME, ""))


def keep_cart(response: HttpResponse, held: Cart) -> HttpResponse:
    """`response`, with which the cart goes back to the visitor; an empty one is forgotten."""
    response.set_cookie(
        settings.CART_COOKIE_NAME,
        held.text,
        max_age=KEPT if held.lines else 0,
        secure=settings.CART_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
