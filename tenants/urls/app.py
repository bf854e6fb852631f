"""The addresses of `app.` outside any tenant. Each first segment is a reserved slug."""

from django.urls import path

from tenants.views import (
    account,
    app,
    factors,
    invitations,
    languages,
    log_ins,
    passwords,
    sign_ups,
    sso,
)

urlpatterns = [
    path("", app.home, name="home"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("language/", languages.switch, name="language"),
    path("signup/", sign_ups.sign_up_page, name="sign-up"),
    path("verify/", sign_ups.verify_page, name="verify"),
    path("login/", log_ins.log_in_page, name="log-in"),
    path("logout/", log_ins.log_out, name="log-out"),
    path("forgot/", passwords.forgot_page, name="forgot"),
    path("reset/", passwords.reset_page, name="reset"),
    path("mfa/", factors.mfa_page, name="mfa"),
    path("mfa/codes/", factors.new_codes_page, name="mfa-codes"),
    path("mfa/off/", factors.off_page, name="mfa-off"),
    path("account/", account.account_page, name="account"),
    path("account/email/", account.email_page, name="account-email"),
    path("account/email/code/", account.email_code_page, name="account-email-code"),
    path("account/password/", passwords.change_page, name="account-password"),
    path("account/logins/end/", account.end_all_logins, name="logins-end"),
    path("account/logins/<uuid:login_id>/end/", account.end_login, name="login-end"),
    path("oidc/authenticate/", sso.BeginView.as_view(), name="oidc-begin"),
    path("oidc/callback/", sso.CallbackView.as_view(), name="oidc-callback"),
    path("tenants/", app.tenants, name="tenants"),
]
