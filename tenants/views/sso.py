"""To the provider and back: single sign-on of `app.`. Nothing here ends in an error page; whatever goes
wrong is told on the log-in page.
"""

import time
from typing import Any
from urllib.parse import urlencode

import structlog
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.generic import View
from mozilla_django_oidc.views import (
    OIDCAuthenticationCallbackView,
    OIDCAuthenticationRequestView,
)

from tenants.identity.accounts import LoggedIn
from tenants.identity.port import Challenge
from tenants.identity.sso.backend import SsoBackend
from tenants.identity.sso.log_ins import log_in
from tenants.identity.sso.port import (
    SsoAccountError,
    SsoError,
    SsoRefusedError,
    SsoUnavailableError,
    SsoUnverifiedError,
)
from tenants.identity.sso.provider import is_configured, provider
from tenants.views import log_ins
from tenants.views.next_pages import HOME, next_page
from tenants.views.sso_offer import PROBLEM

_log = structlog.get_logger(__name__)
#: Seconds that somebody may take at the provider.
PATIENCE = 15 * 60
# The library's names in a session.
_STATES, _NEXT = "oidc_states", "oidc_login_next"
_TOLD: dict[type[SsoError], str] = {
    SsoRefusedError: "failed",
    SsoUnavailableError: "unavailable",
    SsoUnverifiedError: "unverified",
    SsoAccountError: "account",
}


class _SsoView(View):
    """There is no such page without a provider."""

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer GET. Raises Http404."""
        if not is_configured():
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class BeginView(_SsoView, OIDCAuthenticationRequestView):  # type: ignore[misc]  # untyped
    """`oidc/authenticate/`: on to the provider, with state, nonce and PKCE kept in the session."""

    def __init__(self, **kwargs: Any) -> None:
        # Past the library's own, which wants the endpoint in a setting.
        View.__init__(self, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """A redirect: to the provider, or to the log-in page when it can't be reached."""
        if request.user.is_authenticated:
            return HttpResponseRedirect(next_page(request))
        try:
            found = provider()
        except SsoUnavailableError as error:
            return _failed(request, error, page=next_page(request))
        self.OIDC_OP_AUTH_ENDPOINT = found.authorization_endpoint
        self.OIDC_RP_CLIENT_ID = self.get_settings("OIDC_CLIENT_ID")
        response: HttpResponse = super().get(request)
        return response


class CallbackView(_SsoView, OIDCAuthenticationCallbackView):  # type: ignore[misc]  # untyped
    """`oidc/callback/`: back from the provider."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """In, on to the second step, or back to the log-in page."""
        page = request.session.get(_NEXT) or HOME
        kept = _taken_state(request)
        if kept is None:
            return _to_log_in("late", page)
        if request.GET.get("error"):
            return _to_log_in("cancelled", page)
        try:
            found = SsoBackend(provider()).identify(
                request, nonce=kept["nonce"], code_verifier=kept["code_verifier"]
            )
            answer = log_in(
                found,
                client=log_ins.client_of(request),
                language=get_language() or "ar",
                now=timezone.now(),
            )
        except SsoError as error:
            return _failed(request, error, page=page)
        return _entered(request, answer, page)


def _taken_state(request: HttpRequest) -> dict[str, Any] | None:
    """What was kept for the state that came back, once; None if there is none, or it is too old."""
    states: dict[str, Any] = request.session.get(_STATES) or {}
    kept: dict[str, Any] | None = states.pop(request.GET.get("state", ""), None)
    if kept is None:
        return None
    request.session[_STATES] = states
    request.session.save()  # before the provider is asked: a second request finds it gone
    return kept if time.time() < kept["added_on"] + PATIENCE else None


def _entered(request: HttpRequest, answer: LoggedIn | Challenge, page: str) -> HttpResponse:
    if isinstance(answer, LoggedIn):
        return log_ins.welcome(request, answer, page)
    request.session[log_ins.CHALLENGE] = answer.token
    request.session[log_ins.CHALLENGE_NEXT] = page
    return HttpResponseRedirect("/mfa/")


def _failed(request: HttpRequest, error: SsoError, *, page: str) -> HttpResponse:
    _log.warning("sso_failed", error=type(error).__name__, reason=str(error))
    return _to_log_in(_TOLD[type(error)], page)


def _to_log_in(problem: str, page: str) -> HttpResponse:
    return HttpResponseRedirect(f"/login/?{urlencode({PROBLEM: problem, 'next': page})}")
