"""The staff API of a tenant, below `/{slug}/api/v1/`."""

from django.urls import path

from capture.api.staff_orders import (
    StaffOrdersView,
    StaffOrderTransitionsView,
    StaffOrderView,
)
from storefront.api.media import StaffMediaView, StaffMediumCompleteView, StaffMediumView
from storefront.api.staff_categories import (
    StaffCategoriesView,
    StaffCategoryOrderView,
    StaffCategoryView,
)
from storefront.api.staff_items import StaffItemsView, StaffItemView
from storefront.api.staff_many_items import StaffItemBulkView, StaffItemOrderView
from storefront.api.staff_storefront import StaffStorefrontView
from tenants.api.invitations import InvitationsView, InvitationView, ResendView
from tenants.api.members import MembersView, MemberView
from tenants.api.schemas import DocsView, SchemaView

_endpoints = [
    path("categories/", StaffCategoriesView.as_view(), name="categories"),
    path("categories/order/", StaffCategoryOrderView.as_view(), name="category-order"),
    path("categories/<slug:category>/", StaffCategoryView.as_view(), name="category"),
    path("invitations/", InvitationsView.as_view(), name="invitations"),
    path("invitations/<uuid:invitation_id>/", InvitationView.as_view(), name="invitation"),
    path(
        "invitations/<uuid:invitation_id>/resend/",
        ResendView.as_view(),
        name="invitation-resend",
    ),
    path("items/", StaffItemsView.as_view(), name="items"),
    path("items/bulk/", StaffItemBulkView.as_view(), name="item-bulk"),
    path("items/order/", StaffItemOrderView.as_view(), name="item-order"),
    path("items/<slug:item>/", StaffItemView.as_view(), name="item"),
    path("media/", StaffMediaView.as_view(), name="media"),
    path("media/<uuid:media_id>/", StaffMediumView.as_view(), name="medium"),
    path(
        "media/<uuid:media_id>/complete/",
        StaffMediumCompleteView.as_view(),
        name="medium-complete",
    ),
    path("members/", MembersView.as_view(), name="members"),
    path("members/<uuid:member_id>/", MemberView.as_view(), name="member"),
    path("orders/", StaffOrdersView.as_view(), name="orders"),
    path("orders/<slug:number>/", StaffOrderView.as_view(), name="order"),
    path(
        "orders/<slug:number>/transitions/",
        StaffOrderTransitionsView.as_view(),
        name="order-transitions",
    ),
    path("storefront/", StaffStorefrontView.as_view(), name="storefront"),
]

app_name = "staff-api"
urlpatterns = [
    *_endpoints,
    path("schema/", SchemaView.as_view(endpoints=tuple(_endpoints)), name="schema"),
    path("docs/", DocsView.as_view(url_name="staff-api:schema"), name="docs"),
]
