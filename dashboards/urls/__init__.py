"""A tenant's dashboard. The slug is the script prefix, so no address here mentions it."""

from django.urls import include, path

from dashboards.views import today

urlpatterns = [
    path("", today.today, name="today"),
    path("api/v1/", include("dashboards.urls.api")),
]

handler400 = "tenants.views.problems.bad_request"
handler403 = "tenants.views.problems.permission_denied"
handler404 = "tenants.views.problems.not_found"
handler500 = "tenants.views.problems.server_error"
