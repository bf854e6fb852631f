"""The addresses of `app.` outside any tenant. Each first segment is a reserved slug."""

from django.urls import path

from tenants.views import app, languages, log_ins, sso

urlpatterns = [
    path("", app.home, name="home"),
    path("language/", languages.switch, name="language"),
    path("login/", log_ins.log_in_page, name="log-in"),
    path("mfa/", log_ins.second_step, name="mfa"),
    path("logout/", log_ins.log_out, name="log-out"),
    path("oidc/authenticate/", sso.BeginView.as_view(), name="oidc-begin"),
    path("oidc/callback/", sso.CallbackView.as_view(), name="oidc-callback"),
    path("signup/", app.sign_up, name="sign-up"),
    path("tenants/", app.tenants, name="tenants"),
]
