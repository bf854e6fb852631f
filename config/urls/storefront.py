"""A tenant's storefront: pages below the language, and what has none."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path

from storefront.views import themes
from tenants.views import languages

urlpatterns = [
    path("", languages.enter, name="enter"),
    re_path(
        r"^theme/(?P<version>[0-9]{1,3})/(?P<colour>[0-9a-f]{6})\.css$",
        themes.stylesheet,
        name="theme",
    ),
    *i18n_patterns(path("", include("storefront.urls")), prefix_default_language=True),
]

handler400 = "tenants.views.problems.bad_request"
handler403 = "tenants.views.problems.permission_denied"
handler404 = "tenants.views.problems.not_found"
handler500 = "tenants.views.problems.server_error"
