"""A password that is forgotten, and one that is changed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tenants.forms.accounts import ForgotForm, PasswordChangeForm, ResetForm
from tenants.identity import accounts
from tenants.identity.browser import login_of
from tenants.views.addresses import known_address, remember_address
from tenants.views.log_ins import person_of
from tenants.views.next_pages import next_page, next_query, with_next
from tenants.views.refusals import form_page, posted, refusals


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgot_page(request: HttpRequest) -> HttpResponse:
    """Asks for a code by mail. The same answers for an address that nobody has."""
    page = next_page(request)
    form = ForgotForm(posted(request), initial={"email": known_address(request)})
    if form.is_valid():
        with refusals(form):
            accounts.forgot(**form.cleaned_data, language=get_language() or "ar")
            remember_address(request, form.cleaned_data["email"])
            return HttpResponseRedirect(with_next("/reset/", page))
    return form_page(request, "app/forgot.html", form, next=page, next_query=next_query(page))


@sensitive_post_parameters("code", "password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset_page(request: HttpRequest) -> HttpResponse:
    """The code and the new password; all logins end."""
    page = next_page(request)
    form = ResetForm(posted(request), initial={"email": known_address(request)})
    if form.is_valid():
        with refusals(form):
            accounts.reset(**form.cleaned_data, now=timezone.now())
            remember_address(request, form.cleaned_data["email"])
            messages.success(request, _("Your new password is set. You can log in with it now."))
            return HttpResponseRedirect(with_next("/login/", page))
    return form_page(request, "app/reset.html", form, next=page, next_query=next_query(page))


@sensitive_post_parameters("current", "password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required(login_url="/login/")
def change_page(request: HttpRequest) -> HttpResponse:
    """Another password; all other logins end."""
    form = PasswordChangeForm(posted(request))
    if form.is_valid():
        with refusals(form):
            accounts.change_password(
                user=person_of(request),
                login=login_of(request),
                old=form.cleaned_data["current"],
                new=form.cleaned_data["password"],
                now=timezone.now(),
            )
            messages.success(
                request, _("Your password is changed. Everywhere else you are logged out.")
            )
            return HttpResponseRedirect("/account/")
    return form_page(request, "app/account/password.html", form)
