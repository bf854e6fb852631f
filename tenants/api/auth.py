"""The identity API: the same verbs as the pages of `app.`, for programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from allauth.mfa.adapter import get_adapter
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from tenants.api.authentication import IsLoggedIn, StaffAuthentication
from tenants.api.cookies import drop_refresh_cookie, set_refresh_cookie
from tenants.api.problems import Problem, invalid, limits
from tenants.api.requests import surface_request
from tenants.api.schemas import RETRY_AFTER, problems
from tenants.domain.languages import choose_language
from tenants.domain.logins import UnknownLoginError, csrf_token, is_csrf_token, named_login
from tenants.domain.origins import is_foreign
from tenants.enums import LoginKind, Surface
from tenants.identity import accounts
from tenants.identity.accounts import Client, LoggedIn
from tenants.identity.browser import login_of
from tenants.identity.port import (
    AlreadyEnrolledError,
    Challenge,
    EngineBusyError,
    EngineUnavailableError,
    FactorRemovedError,
    InvalidTokenError,
    NotConfirmedError,
    PasswordRefusedError,
    WrongCodeError,
    WrongCredentialsError,
)
from tenants.models import User
from tenants.requests import client_address
from tenants.serializers.auth import (
    ChallengeAnswerSerializer,
    ChallengeSerializer,
    CodeSerializer,
    ConfirmSerializer,
    EmailSerializer,
    LogInSerializer,
    RecoveryCodesSerializer,
    ResetSerializer,
    SignUpSerializer,
    TokenSerializer,
    TotpSerializer,
)

_GRANTS = {
    200: PolymorphicProxySerializer(
        component_name="LogInAnswer",
        serializers=[TokenSerializer, ChallengeSerializer],
        resource_type_field_name=None,
    )
}
_REFUSALS: dict[type[Exception], tuple[int, str]] = {
    WrongCredentialsError: (401, "invalid_credentials"),
    NotConfirmedError: (401, "invalid_credentials"),
    # They log in once more, without a second factor.
    FactorRemovedError: (401, "invalid_credentials"),
    InvalidTokenError: (401, "invalid_token"),
    UnknownLoginError: (401, "invalid_token"),
    AlreadyEnrolledError: (409, "invalid_transition"),
    EngineUnavailableError: (503, "unavailable"),
}


class SignUpView(APIView):
    """`auth/signup/`."""

    @extend_schema(
        operation_id="auth_sign_up",
        request=SignUpSerializer,
        responses={202: None, **problems("invalid", "rate_limited")},
        parameters=[RETRY_AFTER],
    )
    def post(self, request: Request) -> Response:
        """Begin an account; a code is sent. The answer is the same for an address that is known."""
        asked = _asked(request, SignUpSerializer)
        with refusals():
            accounts.sign_up(**asked, address=client_address(surface_request(request)))
        return Response(status=202)


class ConfirmView(APIView):
    """`auth/confirm/`."""

    @extend_schema(
        operation_id="auth_confirm",
        request=ConfirmSerializer,
        responses={204: None, **problems("invalid", "rate_limited")},
        parameters=[RETRY_AFTER],
    )
    def post(self, request: Request) -> Response:
        """Prove the address of a new account."""
        asked = _asked(request, ConfirmSerializer)
        with refusals():
            accounts.confirm(**asked)
        return Response(status=204)


class ResendView(APIView):
    """`auth/resend/`."""

    @extend_schema(
        operation_id="auth_resend",
        request=EmailSerializer,
        responses={202: None, **problems("invalid", "rate_limited")},
        parameters=[RETRY_AFTER],
    )
    def post(self, request: Request) -> Response:
        """Send a new account's code again."""
        asked = _asked(request, EmailSerializer)
        with refusals():
            accounts.resend(**asked, language=_language(request))
        return Response(status=202)


class LogInView(APIView):
    """`auth/login/`."""

    @extend_schema(
        operation_id="auth_log_in",
        request=LogInSerializer,
        responses={**_GRANTS, **problems("invalid", "invalid_credentials", "rate_limited")},
        parameters=[RETRY_AFTER],
    )
    def post(self, request: Request) -> Response:
        """Tokens, or a challenge to answer."""
        asked = _asked(request, LogInSerializer)
        with refusals():
            answer = accounts.log_in(**asked, client=_client(request), now=timezone.now())
        if isinstance(answer, Challenge):
            return Response({"challenge": "totp", "challenge_token": answer.token})
        return _granted(request, answer)


class ChallengeView(APIView):
    """`auth/challenge/`."""

    @extend_schema(
        operation_id="auth_answer_challenge",
        request=ChallengeAnswerSerializer,
        responses={
            200: TokenSerializer,
            **problems("invalid", "invalid_credentials", "invalid_token", "rate_limited"),
        },
        parameters=[RETRY_AFTER],
    )
    def post(self, request: Request) -> Response:
        """The second step, by a TOTP code or a recovery code."""
        asked = _asked(request, ChallengeAnswerSerializer)
        try:
            with refusals():
                answer = accounts.answer_challenge(
                    token=asked["challenge_token"],
                    code=asked["code"],
                    client=_client(request),
                    now=timezone.now(),
                )
        except Problem as problem:
            # A second factor is a credential; elsewhere a code is a field.
            if problem.errors.get("code"):
                raise Problem(401, "invalid_credentials") from problem
            raise
        return _granted(request, answer)


class RefreshView(APIView):
    """`auth/refresh/`."""

    @extend_schema(
        operation_id="auth_refresh",
        request=None,
        responses={200: TokenSerializer, **problems("invalid_token", "csrf_failed")},
    )
    def post(self, request: Request) -> Response:
        """New tokens for the refresh cookie, which is used up: a second use ends the login."""
        token = _refresh_token(request)
        with refusals():
            answer = accounts.refresh(token, now=timezone.now())
        return _granted(request, answer)


class LogOutView(APIView):
    """`auth/logout/`."""

    @extend_schema(
        operation_id="auth_log_out",
        request=None,
        responses={204: None, **problems("invalid_token", "csrf_failed")},
    )
    def post(self, request: Request) -> Response:
        """End the login of the refresh cookie."""
        token = _refresh_token(request)
        with refusals():
            accounts.log_out_by_token(token, now=timezone.now())
        response = Response(status=204)
        drop_refresh_cookie(response)
        return response


class ForgotView(APIView):
    """`auth/forgot/`."""

    @extend_schema(
        operation_id="auth_forgot",
        request=EmailSerializer,
        responses={202: None, **problems("invalid", "rate_limited")},
        parameters=[RETRY_AFTER],
    )
    def post(self, request: Request) -> Response:
        """Send a code to choose a new password with, known or not."""
        asked = _asked(request, EmailSerializer)
        with refusals():
            accounts.forgot(**asked, language=_language(request))
        return Response(status=202)


class ResetView(APIView):
    """`auth/reset/`."""

    @extend_schema(
        operation_id="auth_reset",
        request=ResetSerializer,
        responses={204: None, **problems("invalid", "rate_limited")},
        parameters=[RETRY_AFTER],
    )
    def post(self, request: Request) -> Response:
        """Choose a new password by a code; all logins end, and a second factor stays."""
        asked = _asked(request, ResetSerializer)
        with refusals():
            accounts.reset(**asked, now=timezone.now())
        return Response(status=204)


class TotpView(APIView):
    """`auth/mfa/totp/`."""

    authentication_classes = (StaffAuthentication,)
    permission_classes = (IsLoggedIn,)

    @extend_schema(
        operation_id="auth_begin_totp",
        request=None,
        responses={
            200: TotpSerializer,
            **problems("not_authenticated", "invalid_token", "csrf_failed", "invalid_transition"),
        },
    )
    def post(self, request: Request) -> Response:
        """A new secret for an authenticator app, good for 15 minutes until it is confirmed."""
        user = _user(request)
        with refusals():
            secret = accounts.begin_totp(user=user, **_means(request))
        url = get_adapter().build_totp_url(user, secret)
        return Response({"secret": secret, "otpauth_url": url})


class TotpConfirmView(APIView):
    """`auth/mfa/totp/confirm/`."""

    authentication_classes = (StaffAuthentication,)
    permission_classes = (IsLoggedIn,)

    @extend_schema(
        operation_id="auth_confirm_totp",
        request=CodeSerializer,
        responses={
            200: RecoveryCodesSerializer,
            **problems("invalid", "not_authenticated", "invalid_token", "csrf_failed"),
        },
    )
    def post(self, request: Request) -> Response:
        """Turn the second factor on."""
        asked = _asked(request, CodeSerializer)
        with refusals():
            recovery = accounts.confirm_totp(
                user=_user(request), code=asked["code"], now=timezone.now(), **_means(request)
            )
        return Response({"recovery_codes": recovery})


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the accounts refuse into problems."""
    try:
        with limits():
            yield
    except PasswordRefusedError as error:
        raise invalid("password", *error.reasons) from error
    except WrongCodeError as error:
        raise invalid("code", _("The code is wrong or has expired.")) from error
    except EngineBusyError as error:
        wait = {"Retry-After": str(error.retry_after)}
        raise Problem(429, "rate_limited", headers=wait) from error
    except tuple(_REFUSALS) as error:
        status, code = next(told for kind, told in _REFUSALS.items() if isinstance(error, kind))
        raise Problem(status, code) from error


def _asked(request: Request, kind: type[Serializer[Any]]) -> dict[str, Any]:
    asked = kind(data=request.data)
    asked.is_valid(raise_exception=True)
    return cast("dict[str, Any]", asked.validated_data)


def _language(request: Request) -> str:
    return choose_language(surface_request(request)).language


def _client(request: Request) -> Client:
    return Client(LoginKind.API, Surface.APP, request.headers.get("User-Agent", ""))


def _user(request: Request) -> User:
    return cast("User", request.user)


def _means(request: Request) -> dict[str, Any]:
    """What the engine can be shown of the person."""
    asked = surface_request(request)
    return {"login": login_of(asked), "access_token": asked.access or ""}


def _granted(request: Request, answer: LoggedIn) -> Response:
    response = Response(
        {
            "access_token": answer.grant.access_token,
            "token_type": "Bearer",
            "expires_in": answer.grant.expires_in,
            "csrf_token": csrf_token(answer.login.id),
        },
        headers={"Cache-Control": "no-store"},
    )
    set_refresh_cookie(surface_request(request), response, answer.login)
    return response


def _refresh_token(request: Request) -> str:
    """The refresh cookie, if its CSRF token and a page that we know came along. Raises Problem."""
    token: str = request.COOKIES.get(settings.REFRESH_COOKIE_NAME, "")
    if _is_foreign(request):
        raise Problem(403, "csrf_failed")
    try:
        login_id, _generation = named_login(token)
    except UnknownLoginError as error:
        raise Problem(401, "invalid_token") from error
    if not is_csrf_token(login_id, request.headers.get("X-CSRFToken", "")):
        raise Problem(403, "csrf_failed")
    return token


def _is_foreign(request: Request) -> bool:
    asked = surface_request(request)
    if request.headers.get("Origin") in settings.SOUQNA_CLIENT_ORIGINS:
        return False
    return is_foreign(asked)
