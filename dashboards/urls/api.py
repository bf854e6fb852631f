"""The staff API of a tenant, below `/{slug}/api/v1/`."""

from django.urls import path

from capture.api.staff_orders import (
    StaffOrdersView,
    StaffOrderTransitionsView,
    StaffOrderView,
)
from storefront.api.staff_items import StaffItemsView, StaffItemView

app_name = "staff-api"
urlpatterns = [
    path("items/", StaffItemsView.as_view(), name="items"),
    path("items/<slug:item>/", StaffItemView.as_view(), name="item"),
    path("orders/", StaffOrdersView.as_view(), name="orders"),
    path("orders/<slug:number>/", StaffOrderView.as_view(), name="order"),
    path(
        "orders/<slug:number>/transitions/",
        StaffOrderTransitionsView.as_view(),
        name="order-transitions",
    ),
]
