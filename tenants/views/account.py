"""A person's own account: who they are, their address, where they are logged in."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tenants.domain.devices import device_in_words
from tenants.domain.people import change_profile
from tenants.enums import LoginKind, Surface
from tenants.forms.accounts import EmailChangeForm, ProfileForm
from tenants.forms.log_ins import CodeForm
from tenants.identity import accounts
from tenants.identity.browser import end_session, login_of
from tenants.models import Login
from tenants.views.languages import keep_language
from tenants.views.log_ins import person_of
from tenants.views.refusals import form_page, posted, refusals

#: In the session: the address that a code was sent to.
_NEW_ADDRESS = "new_address"
_FORM = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True)
class Place:
    """A login, as its person is told of it."""

    login: Login
    device: str
    is_here: bool

    @property
    def is_program(self) -> bool:
        """Whether a program is logged in, not a browser."""
        return self.login.kind == LoginKind.API

    @property
    def is_operators(self) -> bool:
        """Whether it is to the operators' panel."""
        return self.login.surface == Surface.ADMIN


@never_cache
@require_http_methods(_FORM)
@login_required(login_url="/login/")
def account_page(request: HttpRequest) -> HttpResponse:
    """Name and language in a form, the way to all the rest, and the logins. Two queries to show."""
    user = person_of(request)
    form = ProfileForm(posted(request), initial={"name": user.name, "language": user.language})
    if not form.is_valid():
        return form_page(request, "app/account/account.html", form, places=_places(request))
    change_profile(user, **form.cleaned_data)
    response = HttpResponseRedirect("/account/")
    keep_language(request, response, user.language)
    with override(user.language):
        messages.success(request, _("Saved."))
    return response


@sensitive_post_parameters("current")
@never_cache
@require_http_methods(_FORM)
@login_required(login_url="/login/")
def email_page(request: HttpRequest) -> HttpResponse:
    """Asks for a new address and the password; a code goes to the address."""
    user = person_of(request)
    form = EmailChangeForm(posted(request), own=user.email)
    if form.is_valid():
        email = form.cleaned_data["email"]
        with refusals(form):
            accounts.begin_email_change(
                user=user,
                login=login_of(request),
                email=email,
                password=form.cleaned_data["current"],
            )
            request.session[_NEW_ADDRESS] = email
            return HttpResponseRedirect("/account/email/code/")
    return form_page(request, "app/account/email.html", form)


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(_FORM)
@login_required(login_url="/login/")
def email_code_page(request: HttpRequest) -> HttpResponse:
    """The code that proves the new address; all other logins end."""
    address = request.session.get(_NEW_ADDRESS)
    if not address:
        return HttpResponseRedirect("/account/email/")
    form = CodeForm(posted(request))
    if form.is_valid():
        with refusals(form):
            accounts.confirm_email_change(
                user=person_of(request),
                login=login_of(request),
                email=address,
                code=form.cleaned_data["code"],
                now=timezone.now(),
            )
            del request.session[_NEW_ADDRESS]
            messages.success(
                request, _("Your new address counts. Everywhere else you are logged out.")
            )
            return HttpResponseRedirect("/account/")
    return form_page(request, "app/account/email_code.html", form, address=address)


@require_POST
@login_required(login_url="/login/")
def end_login(request: HttpRequest, login_id: UUID) -> HttpResponse:
    """End one of the person's logins; the same answer if it had ended or isn't theirs."""
    here = login_of(request)
    accounts.log_out(login_id, user=person_of(request), now=timezone.now())
    if here is not None and here.id == login_id:
        end_session(request)
        return HttpResponseRedirect("/login/")
    messages.success(request, _("That device is logged out."))
    return HttpResponseRedirect("/account/")


@require_POST
@login_required(login_url="/login/")
def end_all_logins(request: HttpRequest) -> HttpResponse:
    """Log out everywhere, here too."""
    accounts.log_out_everywhere(person_of(request), now=timezone.now())
    end_session(request)
    messages.success(request, _("You are logged out everywhere."))
    return HttpResponseRedirect("/login/")


def _places(request: HttpRequest) -> list[Place]:
    here = login_of(request)
    return [
        Place(
            login=login,
            device=device_in_words(login.user_agent),
            is_here=here is not None and login.id == here.id,
        )
        for login in accounts.logins_of(person_of(request), now=timezone.now())
    ]
