"""Two-step verification: its second step at log-in, setting it up, and what can be done with it."""

from urllib.parse import quote

from allauth.mfa.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tenants.forms.accounts import PasswordForm
from tenants.forms.log_ins import CodeForm
from tenants.gateways.encryption import BrokenSecretError, decrypt, encrypt
from tenants.identity import accounts
from tenants.identity.accounts import FactorRequiredError
from tenants.identity.browser import end_session, login_of
from tenants.identity.port import (
    AlreadyEnrolledError,
    EngineBusyError,
    EngineUnavailableError,
    InvalidTokenError,
)
from tenants.models import Tenant, User
from tenants.queries.members import memberships_of
from tenants.views.log_ins import CHALLENGE, person_of, second_step
from tenants.views.next_pages import HOME, next_page, with_next
from tenants.views.problems import problem_response
from tenants.views.refusals import form_page, posted, refusals

#: In the session, encrypted: the secret that waits to be confirmed. A phone that shows its app and then
#: this page again must find the same one.
_SECRET = "totp"  # noqa: S105 (the name of a key)
#: Seconds: as long as the engine keeps it.
_PATIENCE = 900
_FORM = ["GET", "HEAD", "POST"]


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(_FORM)
def mfa_page(request: HttpRequest) -> HttpResponse:
    """For somebody whose password was right, the second step; for a person, to set it up or its state."""
    if not request.user.is_authenticated:
        is_challenged = CHALLENGE in request.session
        return (
            second_step(request) if is_challenged else redirect_to_login(_here(request), "/login/")
        )
    user = person_of(request)
    if not user.has_mfa:
        return _set_up(request, user)
    if request.method == "POST":  # sent twice
        return HttpResponseRedirect(with_next("/mfa/", next_page(request)))
    return _state(request, user)


@sensitive_post_parameters("current")
@never_cache
@require_http_methods(_FORM)
@login_required(login_url="/login/")
def new_codes_page(request: HttpRequest) -> HttpResponse:
    """Other recovery codes, for the password."""
    user = person_of(request)
    if not user.has_mfa:
        return HttpResponseRedirect("/mfa/")
    form = PasswordForm(posted(request))
    if form.is_valid():
        with refusals(form):
            codes = accounts.new_recovery_codes(
                user=user, password=form.cleaned_data["current"], now=timezone.now()
            )
            return _codes(request, codes, is_new=False)
    return form_page(request, "app/mfa/new_codes.html", form)


@sensitive_post_parameters("current")
@never_cache
@require_http_methods(_FORM)
@login_required(login_url="/login/")
def off_page(request: HttpRequest) -> HttpResponse:
    """Turning it off, for the password; not while an organisation of the person's asks for it."""
    user = person_of(request)
    if not user.has_mfa:
        return HttpResponseRedirect("/account/")
    form = PasswordForm(posted(request))
    asking = accounts.tenants_asking_for_mfa(user)
    if form.is_valid():
        with refusals(form):
            try:
                accounts.disable_totp(
                    user=user, password=form.cleaned_data["current"], now=timezone.now()
                )
                messages.success(request, _("Two-step verification is off."))
                return HttpResponseRedirect("/account/")
            except FactorRequiredError as error:
                asking = error.tenants
                form.refuse(_("It has to stay on."), status=403)
    return form_page(request, "app/mfa/off.html", form, asking=asking)


def _set_up(request: HttpRequest, user: User) -> HttpResponse:
    try:
        secret = _secret(request, user)
    except AlreadyEnrolledError:
        return _state(request, user)
    except InvalidTokenError:
        end_session(request)
        return redirect_to_login(_here(request), "/login/")
    except (EngineBusyError, EngineUnavailableError):
        return problem_response(request, status=503, code="unavailable")
    form = CodeForm(posted(request))
    if form.is_valid():
        with refusals(form):
            codes = accounts.confirm_totp(
                user=user,
                login=login_of(request),
                code=form.cleaned_data["code"],
                now=timezone.now(),
            )
            request.session.pop(_SECRET, None)
            return _codes(request, codes, is_new=True)
    url = get_adapter().build_totp_url(user, secret)
    return form_page(
        request,
        "app/mfa/set_up.html",
        form,
        asking=_asking(request, user),
        key=_in_fours(secret),
        next=next_page(request),
        picture=_picture(url),
        url=url,
    )


def _state(request: HttpRequest, user: User) -> HttpResponse:
    left = accounts.recovery_codes_left(user)
    page = next_page(request)
    return render(request, "app/mfa/state.html", {"left": left, "next": page, "home": HOME})


def _codes(request: HttpRequest, codes: list[str], *, is_new: bool) -> HttpResponse:
    """The recovery codes, this once; without a script, the file is in the link itself."""
    shown = [" ".join(_in_fours(code)) for code in codes]
    text = _("Recovery codes of your Souqna account. Each works once.")
    lines = "\r\n".join([text, person_of(request).email, "", *shown, ""])
    context = {
        "codes": shown,
        "file": "data:text/plain;charset=utf-8," + quote(lines),
        "is_new": is_new,
        "next": next_page(request),
        "home": HOME,
    }
    return render(request, "app/mfa/codes.html", context)


def _secret(request: HttpRequest, user: User) -> str:
    """The secret that waits, or a new one. Raises what the engine does."""
    try:
        return decrypt(request.session.get(_SECRET, ""), seconds=_PATIENCE)
    except BrokenSecretError:
        secret = accounts.begin_totp(user=user, login=login_of(request))
        request.session[_SECRET] = encrypt(secret)
        return secret


def _asking(request: HttpRequest, user: User) -> Tenant | None:
    """The organisation of theirs that sent the person here (`?for=`)."""
    slug = request.GET.get("for")
    if not slug:
        return None
    mine = (member.tenant for member in memberships_of(user))
    return next((tenant for tenant in mine if tenant.slug == slug), None)


def _picture(url: str) -> SafeString:
    """The QR code as SVG, to stand in a page: without the XML declaration."""
    svg: str = get_adapter().build_totp_svg(url)
    return SafeString(svg.partition("?>")[2] or svg)


def _in_fours(text: str) -> list[str]:
    return [text[start : start + 4] for start in range(0, len(text), 4)]


def _here(request: HttpRequest) -> str:
    return request.get_full_path()
