"""The same addresses as a storefront's, in the same order."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path

from tests.bench.floor import ordering, views

_STOREFRONT = [
    path("", views.unseen, name="home"),
    path("items/", views.items, name="items"),
    path("items/<slug:slug>/", views.item, name="item"),
    path("about/", views.unseen, name="about"),
    path("privacy/", views.unseen, name="privacy"),
    path("returns/", views.unseen, name="returns"),
    path("delivery/", views.unseen, name="delivery"),
    path("report/", views.unseen, name="report"),
    path("manifest.webmanifest", views.unseen, name="manifest"),
    re_path(r"^icon/(?P<colour>[0-9a-f]{6})\.svg$", views.unseen, name="icon"),
    re_path(
        r"^theme/(?P<version>[0-9]{1,3})/(?P<colour>[0-9a-f]{6})\.css$",
        views.unseen,
        name="theme",
    ),
]
_CAPTURE = [
    path("cart/", views.cart, name="cart"),
    path("cart/lines/", views.unseen, name="cart-lines"),
    path("checkout/", views.unseen, name="checkout"),
    re_path(r"^track/(?P<token>[A-Za-z0-9_-]{1,64})/$", views.unseen, name="track"),
]
urlpatterns = [
    path("", views.unseen, name="enter"),
    path("api/v1/orders/", ordering.order, name="orders"),
    *i18n_patterns(
        path("", include((_STOREFRONT, "storefront"))),
        path("", include((_CAPTURE, "capture"))),
        prefix_default_language=True,
    ),
]
