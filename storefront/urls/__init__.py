"""The storefront's addresses, below the language."""

from django.urls import path, re_path

from storefront.views import home, items, themes

app_name = "storefront"
urlpatterns = [
    path("", home.home, name="home"),
    path("items/", items.item_list, name="items"),
    path("items/<slug:slug>/", items.item, name="item"),
    re_path(
        r"^theme/(?P<version>[0-9]{1,3})/(?P<colour>[0-9a-f]{6})\.css$",
        themes.stylesheet,
        name="theme",
    ),
]
