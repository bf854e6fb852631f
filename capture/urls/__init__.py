"""The addresses of ordering, below the language."""

from django.urls import path, re_path

from capture.views import carts, checkout, tracking

app_name = "capture"
urlpatterns = [
    path("cart/", carts.cart, name="cart"),
    path("cart/lines/", carts.add, name="cart-lines"),
    path("checkout/", checkout.checkout, name="checkout"),
    re_path(r"^track/(?P<token>[A-Za-z0-9_-]{1,64})/$", tracking.track, name="track"),
]
