"""The API of `app.` outside any tenant, below `/api/v1/`."""

from django.urls import path

from storefront.api.onboarding import TenantsView
from tenants.api import auth
from tenants.api.invitations import AcceptView
from tenants.api.me import MeView
from tenants.api.schemas import DocsView, SchemaView

_endpoints = [
    path("auth/signup/", auth.SignUpView.as_view(), name="sign-up"),
    path("auth/confirm/", auth.ConfirmView.as_view(), name="confirm"),
    path("auth/resend/", auth.ResendView.as_view(), name="resend"),
    path("auth/login/", auth.LogInView.as_view(), name="log-in"),
    path("auth/challenge/", auth.ChallengeView.as_view(), name="challenge"),
    path("auth/refresh/", auth.RefreshView.as_view(), name="refresh"),
    path("auth/logout/", auth.LogOutView.as_view(), name="log-out"),
    path("auth/forgot/", auth.ForgotView.as_view(), name="forgot"),
    path("auth/reset/", auth.ResetView.as_view(), name="reset"),
    path("auth/mfa/totp/", auth.TotpView.as_view(), name="totp"),
    path("auth/mfa/totp/confirm/", auth.TotpConfirmView.as_view(), name="totp-confirm"),
    path("invitations/accept/", AcceptView.as_view(), name="invitation-accept"),
    path("me/", MeView.as_view(), name="me"),
    path("tenants/", TenantsView.as_view(), name="tenants"),
]

app_name = "identity-api"
urlpatterns = [
    *_endpoints,
    path("schema/", SchemaView.as_view(endpoints=tuple(_endpoints)), name="schema"),
    path("docs/", DocsView.as_view(url_name="identity-api:schema"), name="docs"),
]
