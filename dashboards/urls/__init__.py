"""A tenant's dashboard. The slug is the script prefix, so no address here mentions it."""

from django.urls import include, path, re_path

from dashboards.views import (
    address,
    categories,
    imports,
    item_list,
    items,
    orders,
    pictures,
    preview,
    settings,
    team,
    today,
    transitions,
)
from storefront.views import themes

urlpatterns = [
    path("", today.today, name="today"),
    path("orders/", orders.order_list, name="orders"),
    path("orders/<slug:number>/", orders.order, name="order"),
    path("orders/<slug:number>/transitions/", transitions.transitions, name="order-transitions"),
    path("items/", item_list.item_list, name="items"),
    path("items/bulk/", item_list.bulk, name="item-bulk"),
    path("items/categories/", categories.category_list, name="item-categories"),
    path("items/categories/order/", categories.order, name="item-category-order"),
    path("items/categories/<uuid:category_id>/", categories.category, name="item-category"),
    path(
        "items/categories/<uuid:category_id>/delete/",
        categories.delete,
        name="item-category-delete",
    ),
    path("items/export.csv", imports.export, name="items-export"),
    path("items/import/", imports.choose, name="item-import"),
    path("items/import/<uuid:import_id>/", imports.look, name="item-import-look"),
    path("items/new/", items.new_item, name="item-new"),
    path("items/order/", item_list.order, name="item-order"),
    path("items/slug/", items.slug, name="item-slug"),
    path("items/<slug:slug>/", items.item, name="item"),
    path("items/<slug:slug>/delete/", items.delete, name="item-delete"),
    path("items/pictures/<uuid:media_id>/", pictures.card, name="item-picture"),
    path("items/pictures/<uuid:media_id>/state/", pictures.state, name="item-picture-state"),
    path("settings/", settings.look, name="settings"),
    path("settings/contact/", settings.contact, name="settings-contact"),
    path("settings/payment/", settings.payment, name="settings-payment"),
    path("settings/legal/", settings.legal, name="settings-legal"),
    path("settings/address/", address.address, name="settings-address"),
    path("settings/address/state/", address.state, name="settings-address-state"),
    path("settings/preview/", preview.preview, name="settings-preview"),
    re_path(
        r"^settings/theme/(?P<version>[0-9]{1,3})/(?P<colour>[0-9a-f]{6})\.css$",
        themes.stylesheet,
        name="settings-theme",
    ),
    path("settings/colour/", settings.colour, name="settings-colour"),
    path("team/", team.team, name="team"),
    path("team/invitations/", team.invite, name="team-invite"),
    path("team/invitations/<uuid:invitation_id>/resend/", team.resend, name="team-resend"),
    path("team/invitations/<uuid:invitation_id>/revoke/", team.revoke, name="team-revoke"),
    path("team/leave/", team.leave, name="team-leave"),
    path("team/members/<uuid:member_id>/owner/", team.hand_over, name="team-hand-over"),
    path("team/members/<uuid:member_id>/remove/", team.remove, name="team-remove"),
    path("team/members/<uuid:member_id>/role/", team.change_role, name="team-role"),
    path("team/security/", team.secure, name="team-secure"),
    path("api/v1/", include("dashboards.urls.api")),
]

handler400 = "tenants.views.problems.bad_request"
handler403 = "tenants.views.problems.permission_denied"
handler404 = "tenants.views.problems.not_found"
handler500 = "tenants.views.problems.server_error"
