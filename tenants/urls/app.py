"""The addresses of `app.` outside any tenant. Each first segment is a reserved slug."""

from django.urls import path

from tenants.views import app, invitations, languages, log_ins

urlpatterns = [
    path("", app.home, name="home"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("language/", languages.switch, name="language"),
    path("login/", log_ins.log_in_page, name="log-in"),
    path("mfa/", log_ins.second_step, name="mfa"),
    path("logout/", log_ins.log_out, name="log-out"),
    path("signup/", app.sign_up, name="sign-up"),
    path("tenants/", app.tenants, name="tenants"),
]
