"""Logging in to `app.` and out of it."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tenants.domain.log_ins import WrongCredentialsError, log_in
from tenants.forms.log_ins import LogInForm
from tenants.gateways.rate_limits import RateLimitedError
from tenants.views.problems import problem_response

HOME = "/"


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def log_in_page(request: HttpRequest) -> HttpResponse:
    """The form, and on to `next` or the first page. 429 after ten attempts in five minutes."""
    if request.method == "POST":
        return _attempt(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(_next_page(request))
    return _form_page(request, LogInForm(), status=200)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Close the session."""
    logout(request)
    return HttpResponseRedirect("/login/")


def _attempt(request: HttpRequest) -> HttpResponse:
    form = LogInForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=400)
    try:
        log_in(request, **form.cleaned_data)
    except RateLimitedError as error:
        wait = {"Retry-After": str(error.retry_after)}
        return problem_response(request, status=429, code="rate_limited", headers=wait)
    except WrongCredentialsError:
        form.add_error(None, _("The e-mail address or the password is not right."))
        return _form_page(request, form, status=400)
    return HttpResponseRedirect(_next_page(request))


def _form_page(request: HttpRequest, form: LogInForm, *, status: int) -> HttpResponse:
    context = {"form": form, "next": _next_page(request)}
    return render(request, "app/log_in.html", context, status=status)


def _next_page(request: HttpRequest) -> str:
    """The page of this host that the person was going to, else the first one."""
    page = request.POST.get("next") or request.GET.get("next") or HOME
    safe = url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return page if safe else HOME
