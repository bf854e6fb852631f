"""The landing page's addresses, below the language."""

from django.urls import path

from tenants.views import landing

app_name = "landing"
urlpatterns = [
    path("", landing.home, name="home"),
]
