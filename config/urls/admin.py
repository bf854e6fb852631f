"""The operators' panel."""

from django.urls import path

from tenants.admin.site import site
from tenants.views import languages, log_ins

urlpatterns = [
    path("language/", languages.switch, name="language"),
    path("login/", log_ins.log_in_page, name="log-in"),
    path("mfa/", log_ins.second_step, name="mfa"),
    path("logout/", log_ins.log_out, name="log-out"),
    path("", site.urls),
]

handler400 = "tenants.views.problems.bad_request"
handler403 = "tenants.views.problems.permission_denied"
handler404 = "tenants.views.problems.not_found"
handler500 = "tenants.views.problems.server_error"
