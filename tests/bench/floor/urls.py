"""The same addresses as a storefront's."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path

from tests.bench.floor import views

urlpatterns = [
    re_path(
        r"^theme/(?P<version>[0-9]{1,3})/(?P<colour>[0-9a-f]{6})\.css$",
        views.stylesheet,
        name="theme",
    ),
    *i18n_patterns(
        path("", include(([path("", views.home, name="home")], "storefront"))),
        prefix_default_language=True,
    ),
]
