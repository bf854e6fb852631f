"""`app.` outside any tenant; a tenant's dashboard has `dashboards.urls`."""

from django.urls import include, path

from dashboards.views import onboarding
from storefront.views import media, uploads
from tenants.views import keys

urlpatterns = [
    path("media/<uuid:tenant_id>/<path:name>", media.picture, name="media"),
    path("api/v1/uploads/", uploads.receive, name="uploads"),
    path("api/v1/", include("config.urls.identity_api")),
    path(".well-known/jwks.json", keys.jwks, name="jwks"),
    path("mailbox/", include("notifications.urls")),
    path("tenants/new/", onboarding.new_tenant, name="tenant-new"),
    path("tenants/slug/", onboarding.slug_state, name="tenant-slug"),
    path("", include("tenants.urls.app")),
]

handler400 = "tenants.views.problems.bad_request"
handler403 = "tenants.views.problems.permission_denied"
handler404 = "tenants.views.problems.not_found"
handler500 = "tenants.views.problems.server_error"
