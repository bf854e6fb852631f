"""The same addresses as a storefront's, in the same order."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path

from tests.bench.floor import views

_PAGES = [
    path("", views.elsewhere, name="home"),
    path("items/", views.elsewhere, name="items"),
    re_path(
        r"^theme/(?P<version>[0-9]{1,3})/(?P<colour>[0-9a-f]{6})\.css$",
        views.stylesheet,
        name="theme",
    ),
]
_ORDERING = [path("cart/", views.cart, name="cart")]
urlpatterns = [
    path("", views.elsewhere, name="enter"),
    *i18n_patterns(
        path("", include((_PAGES, "storefront"))),
        path("", include((_ORDERING, "capture"))),
        prefix_default_language=True,
    ),
]
