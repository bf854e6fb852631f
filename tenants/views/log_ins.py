"""Logging in to `app.` and `admin.`, in one step or two, and out of them."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tenants.domain.addresses import surface_address
from tenants.enums import LoginKind, Surface
from tenants.forms.log_ins import CodeForm, LogInForm
from tenants.identity import accounts
from tenants.identity.accounts import Client, LoggedIn
from tenants.identity.browser import begin_session, end_session, is_operator, login_of
from tenants.identity.port import (
    Challenge,
    FactorNeededError,
    FactorRemovedError,
    InvalidTokenError,
    NotConfirmedError,
    WrongCredentialsError,
)
from tenants.models import User
from tenants.requests import SurfaceRequest
from tenants.views.addresses import known_address
from tenants.views.next_pages import HOME, next_page, next_query, with_next
from tenants.views.problems import problem_response, wants_document
from tenants.views.refusals import form_page, posted, refusals
from tenants.views.sso_offer import sso_offer

#: In the session of somebody whose password was right: their challenge, and where they were going.
CHALLENGE, CHALLENGE_NEXT = "challenge", "challenge_next"


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def log_in_page(request: HttpRequest) -> HttpResponse:
    """The form, and on to `next` or the first page. 429 after ten attempts in five minutes."""
    page = next_page(request)
    if request.method != "POST" and _is_in(request):
        return HttpResponseRedirect(page)
    form = LogInForm(posted(request), initial={"email": known_address(request)})
    if form.is_valid():
        with refusals(form):
            answer = _attempt(request, form)
            if answer is not None:
                return answer
    shown = {"next": page, "next_query": next_query(page), **sso_offer(request, page)}
    return form_page(request, "app/log_in.html", form, **shown)


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The code of the second factor, or a recovery code."""
    if CHALLENGE not in request.session:
        return HttpResponseRedirect("/login/")
    page = request.session.get(CHALLENGE_NEXT, HOME)
    form = CodeForm(posted(request))
    if form.is_valid():
        with refusals(form):
            try:
                answer = accounts.answer_challenge(
                    token=request.session[CHALLENGE],
                    code=form.cleaned_data["code"],
                    client=client_of(request),
                    now=timezone.now(),
                )
            except (InvalidTokenError, WrongCredentialsError):
                return _once_more(request, page, _("That took too long. Please log in again."))
            except FactorRemovedError:
                text = _("Two-step verification is off now. Please log in again.")
                return _once_more(request, page, text)
            return welcome(request, answer, page)
    return form_page(request, "app/second_step.html", form)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the login. On to `next`, if the form says so."""
    login = login_of(request)
    if login is not None:
        accounts.log_out(login.id, user=login.user, now=timezone.now())
    end_session(request)
    return HttpResponseRedirect(next_page(request) if "next" in request.POST else "/login/")


def welcome(request: HttpRequest, answer: LoggedIn, page: str) -> HttpResponse:
    """Make the browser the login's, and go on. One that it had before ends."""
    before = login_of(request)
    if before is not None:
        accounts.log_out(before.id, user=before.user, now=timezone.now())
    begin_session(request, answer.login)
    return HttpResponseRedirect(page)


def client_of(request: HttpRequest) -> Client:
    """The browser that somebody logs in with."""
    surface = cast("SurfaceRequest", request).surface
    return Client(LoginKind.BROWSER, surface, request.headers.get("User-Agent", ""))


def _is_in(request: HttpRequest) -> bool:
    """Whether somebody is where they wanted to be: a login that the operators' panel sends back here (its
    person is no super admin any more) would else go round in circles.
    """
    return bool(request.user.is_authenticated) if _is_app(request) else is_operator(request)


def _factor_needed(request: HttpRequest) -> HttpResponse:
    """A super admin without a second factor learns where to set one up."""
    if wants_document(request):
        return problem_response(request, status=403, code="mfa_required")
    address = surface_address("app", "/login/?next=/mfa/", host=request.get_host())
    return render(request, "app/factor_needed.html", {"address": address}, status=403)


def person_of(request: HttpRequest) -> User:
    """Who is logged in; for views behind a log-in."""
    return cast("User", request.user)


def _attempt(request: HttpRequest, form: LogInForm) -> HttpResponse | None:
    """Where the password leads; None if it isn't right, which the form says then."""
    page = next_page(request)
    try:
        answer = accounts.log_in(**form.cleaned_data, client=client_of(request), now=timezone.now())
    except FactorNeededError:
        return _factor_needed(request)
    except (WrongCredentialsError, NotConfirmedError):
        # Alike, though one of them only waits for a code: whoever signs up with another's address and
        # logs in would else learn whether there is an account. The way to the code is on the page.
        form.add_error(None, _("The e-mail address or the password is not right."))
        return None
    if isinstance(answer, Challenge):
        request.session[CHALLENGE] = answer.token
        request.session[CHALLENGE_NEXT] = page
        return HttpResponseRedirect("/mfa/")
    return welcome(request, answer, page)


def _once_more(request: HttpRequest, page: str, text: str) -> HttpResponse:
    del request.session[CHALLENGE]
    messages.info(request, text)
    return HttpResponseRedirect(with_next("/login/", page))


def _is_app(request: HttpRequest) -> bool:
    return cast("SurfaceRequest", request).surface == Surface.APP
