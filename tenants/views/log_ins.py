"""Logging in to `app.` and `admin.`, in one step or two, and out of them."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tenants.domain.addresses import surface_address
from tenants.enums import LoginKind, Surface
from tenants.forms.log_ins import CodeForm, LogInForm
from tenants.gateways.rate_limits import RateLimitedError
from tenants.identity import accounts
from tenants.identity.accounts import Client, LoggedIn
from tenants.identity.browser import begin_session, end_session, is_operator, login_of
from tenants.identity.port import (
    Challenge,
    FactorNeededError,
    FactorRemovedError,
    InvalidTokenError,
    NotConfirmedError,
    WrongCodeError,
    WrongCredentialsError,
)
from tenants.models import User
from tenants.requests import SurfaceRequest
from tenants.views.problems import problem_response, wants_document
from tenants.views.sso_offer import sso_offer

HOME = "/"
#: In the session of somebody whose password was right: their challenge, and where they were going.
CHALLENGE, CHALLENGE_NEXT = "challenge", "challenge_next"


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def log_in_page(request: HttpRequest) -> HttpResponse:
    """The form, and on to `next` or the first page. 429 after ten attempts in five minutes."""
    if request.method == "POST":
        return _attempt(request)
    if _is_in(request):
        return HttpResponseRedirect(next_page(request))
    return _form_page(request, LogInForm(), status=200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The code of the second factor, or a recovery code."""
    if CHALLENGE not in request.session:
        return HttpResponseRedirect("/login/")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer = accounts.answer_challenge(
                token=request.session[CHALLENGE],
                code=form.cleaned_data["code"],
                client=client_of(request),
                now=timezone.now(),
            )
        except RateLimitedError as error:
            return _limited(request, error)
        except (InvalidTokenError, FactorRemovedError, WrongCredentialsError):
            del request.session[CHALLENGE]
            return HttpResponseRedirect("/login/")
        except WrongCodeError:
            form.add_error("code", _("The code is wrong or has expired."))
        else:
            return welcome(request, answer, request.session.get(CHALLENGE_NEXT, HOME))
    status = 400 if form.errors else 200
    return render(request, "app/second_step.html", {"form": form}, status=status)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the login."""
    login = login_of(request)
    if login is not None:
        accounts.log_out(login.id, user=login.user, now=timezone.now())
    end_session(request)
    return HttpResponseRedirect("/login/")


def welcome(request: HttpRequest, answer: LoggedIn, page: str) -> HttpResponse:
    """Make the browser the login's, and go on."""
    begin_session(request, answer.login)
    return HttpResponseRedirect(page)


def client_of(request: HttpRequest) -> Client:
    """The browser that somebody logs in with."""
    surface = cast("SurfaceRequest", request).surface
    return Client(LoginKind.BROWSER, surface, request.headers.get("User-Agent", ""))


def _attempt(request: HttpRequest) -> HttpResponse:
    form = LogInForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=400)
    try:
        answer = accounts.log_in(**form.cleaned_data, client=client_of(request), now=timezone.now())
    except RateLimitedError as error:
        return _limited(request, error)
    except FactorNeededError:
        return _factor_needed(request)
    except (WrongCredentialsError, NotConfirmedError):
        form.add_error(None, _("The e-mail address or the password is not right."))
        return _form_page(request, form, status=400)
    if isinstance(answer, Challenge):
        request.session[CHALLENGE] = answer.token
        request.session[CHALLENGE_NEXT] = next_page(request)
        return HttpResponseRedirect("/mfa/")
    return welcome(request, answer, next_page(request))


def _is_in(request: HttpRequest) -> bool:
    """Whether somebody is where they wanted to be: a login that the operators' panel sends back here (its
    person is no super admin any more) would else go round in circles.
    """
    if cast("SurfaceRequest", request).surface == Surface.ADMIN:
        return is_operator(request)
    return bool(request.user.is_authenticated)


def _factor_needed(request: HttpRequest) -> HttpResponse:
    """A super admin without a second factor learns where to set one up."""
    if wants_document(request):
        return problem_response(request, status=403, code="mfa_required")
    address = surface_address("app", "/login/?next=/mfa/", host=request.get_host())
    return render(request, "app/factor_needed.html", {"address": address}, status=403)


def _form_page(request: HttpRequest, form: LogInForm, *, status: int) -> HttpResponse:
    context = {"form": form, "next": next_page(request), **sso_offer(request)}
    return render(request, "app/log_in.html", context, status=status)


def _limited(request: HttpRequest, error: RateLimitedError) -> HttpResponse:
    wait = {"Retry-After": str(error.retry_after)}
    return problem_response(request, status=429, code="rate_limited", headers=wait)


def next_page(request: HttpRequest) -> str:
    """The page of this host that the person was going to, else the first one."""
    page = request.POST.get("next") or request.GET.get("next") or HOME
    safe = url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return page if safe else HOME


def person_of(request: HttpRequest) -> User:
    """Who is logged in; for views behind a log-in."""
    return cast("User", request.user)
