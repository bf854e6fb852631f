"""The public API of a storefront, below `/api/v1/`."""

from django.urls import path

from capture.api.orders import OrdersView, TrackView
from storefront.api.items import CategoriesView, ItemsView, ItemView
from storefront.api.storefront import StorefrontView
from storefront.api.visits import VisitsView
from tenants.api.schemas import DocsView, SchemaView

_endpoints = [
    path("storefront/", StorefrontView.as_view(), name="storefront"),
    path("items/", ItemsView.as_view(), name="items"),
    path("items/<slug:slug>/", ItemView.as_view(), name="item"),
    path("categories/", CategoriesView.as_view(), name="categories"),
    path("visits/", VisitsView.as_view(), name="visits"),
    path("orders/", OrdersView.as_view(), name="orders"),
    path("track/<slug:token>/", TrackView.as_view(), name="track"),
]

app_name = "api"
urlpatterns = [
    *_endpoints,
    path("schema/", SchemaView.as_view(endpoints=tuple(_endpoints)), name="schema"),
    path("docs/", DocsView.as_view(url_name="api:schema"), name="docs"),
]
