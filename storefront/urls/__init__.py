"""The storefront's addresses, below the language."""

from django.urls import path, re_path

from storefront.domain.legal import LEGAL_PAGES
from storefront.views import home, icons, items, reports, texts, themes

app_name = "storefront"
urlpatterns = [
    path("", home.home, name="home"),
    path("items/", items.item_list, name="items"),
    path("items/<slug:slug>/", items.item, name="item"),
    path("about/", texts.about, name="about"),
    *(path(f"{page}/", texts.legal, {"page": page}, name=page) for page in LEGAL_PAGES),
    path("report/", reports.report, name="report"),
    path("manifest.webmanifest", icons.manifest, name="manifest"),
    re_path(r"^icon/(?P<colour>[0-9a-f]{6})\.svg$", icons.icon, name="icon"),
    re_path(
        r"^theme/(?P<version>[0-9]{1,3})/(?P<colour>[0-9a-f]{6})\.css$",
        themes.stylesheet,
        name="theme",
    ),
]
