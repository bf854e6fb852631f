"""The map that no request should meet: it is empty."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []

handler400 = "tenants.views.problems.bad_request"
handler403 = "tenants.views.problems.permission_denied"
handler404 = "tenants.views.problems.not_found"
handler500 = "tenants.views.problems.server_error"
