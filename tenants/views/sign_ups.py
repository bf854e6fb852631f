"""Making an account: sign up, then prove the address by a code."""

from django.contrib import messages
from django.forms import HiddenInput
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tenants.forms.accounts import ConfirmForm, SignUpForm
from tenants.identity import accounts
from tenants.requests import client_address
from tenants.views.addresses import (
    known_address,
    remember_address,
    remembered_address,
    seconds_to_resend,
)
from tenants.views.next_pages import next_page, next_query, with_next
from tenants.views.refusals import form_page, posted, refusals
from tenants.views.sso_offer import sso_offer


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up_page(request: HttpRequest) -> HttpResponse:
    """The form, then the code. The same answers for an address that has an account."""
    page = next_page(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(page)
    form = SignUpForm(posted(request), initial={"email": request.GET.get("email", "")})
    if form.is_valid():
        with refusals(form):
            accounts.sign_up(
                **form.cleaned_data, language=_language(), address=client_address(request)
            )
            remember_address(request, form.cleaned_data["email"], was_sent_code=True)
            return HttpResponseRedirect(with_next("/verify/", page))
    shown = {"next": page, "next_query": next_query(page), **sso_offer(request, page)}
    return form_page(request, "app/sign_up.html", form, **shown)


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_page(request: HttpRequest) -> HttpResponse:
    """The code that proves an address; the button `resend` asks for another one."""
    page = next_page(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(page)
    form = ConfirmForm(posted(request), initial={"email": known_address(request)})
    resend = "resend" in request.POST
    form.fields["code"].required = not resend
    if form.is_valid():
        with refusals(form):
            return _resent(request, form, page) if resend else _confirmed(request, form, page)
    return _verify_form_page(request, form, page)


def _confirmed(request: HttpRequest, form: ConfirmForm, page: str) -> HttpResponse:
    password_counts = accounts.confirm(**form.cleaned_data)
    remember_address(request, form.cleaned_data["email"])
    if not password_counts:
        text = _(
            "Your address is confirmed. Another password was chosen with it too: choose yours anew."
        )
        messages.info(request, text)
        return HttpResponseRedirect(with_next("/forgot/", page))
    messages.success(request, _("Your address is confirmed. You can log in now."))
    return HttpResponseRedirect(with_next("/login/", page))


def _resent(request: HttpRequest, form: ConfirmForm, page: str) -> HttpResponse:
    email = form.cleaned_data["email"]
    accounts.resend(email=email, language=_language())
    remember_address(request, email, was_sent_code=True)
    messages.success(request, _("Another code is on its way."))
    return HttpResponseRedirect(with_next("/verify/", page))


def _verify_form_page(request: HttpRequest, form: ConfirmForm, page: str) -> HttpResponse:
    address = remembered_address(request)
    is_known = bool(address) and form["email"].value() == address
    if is_known:
        form.fields["email"].widget = HiddenInput()
    return form_page(
        request,
        "app/verify.html",
        form,
        address=address if is_known else "",
        next=page,
        next_query=next_query(page),
        wait=seconds_to_resend(request),
    )


def _language() -> str:
    return get_language() or "ar"
