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
    path("items/<str:item>/", StaffItemView.as_view(), name="item"),
    path("orders/", StaffOrdersView.as_view(), name="orders"),
    path("orders/<str:number>/", StaffOrderView.as_view(), name="order"),
    path(
        "orders/<str:number>/transitions/",
        StaffOrderTransitionsView.as_view(),
        name="order-transitions",
    ),
]
