"""The addresses of `app.` outside any tenant. Each first segment is a reserved slug."""

from django.urls import path

from tenants.views import app, languages

urlpatterns = [
    path("", app.home, name="home"),
    path("language/", languages.switch, name="language"),
    path("login/", app.log_in, name="log-in"),
    path("signup/", app.sign_up, name="sign-up"),
]
