"""A tenant's storefront: all but the way in lies below the language."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path

from storefront.views import icons, media, sitemaps
from tenants.views import languages

urlpatterns = [
    path("", languages.enter, name="enter"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    re_path(r"^sitemap-(?P<number>[0-9]{1,4})\.xml$", sitemaps.section, name="sitemap-section"),
    path("manifest.webmanifest", icons.manifest, name="manifest"),
    path("favicon.ico", icons.favicon, name="favicon"),
    path("media/<uuid:tenant_id>/<path:name>", media.picture, name="media"),
    path("api/v1/", include("config.urls.public_api")),
    *i18n_patterns(
        path("", include("storefront.urls")),
        path("", include("capture.urls")),
        prefix_default_language=True,
    ),
]

handler400 = "tenants.views.problems.bad_request"
handler403 = "tenants.views.problems.permission_denied"
handler404 = "tenants.views.problems.not_found"
handler500 = "tenants.views.problems.server_error"
