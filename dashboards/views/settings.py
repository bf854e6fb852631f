"""The staff's pages of the storefront's settings: look, contact, payment, legal facts."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from dashboards.forms.onboarding import OWN
from dashboards.forms.settings.base import SettingsForm
from dashboards.forms.settings.contact import ContactForm
from dashboards.forms.settings.legal import LegalForm
from dashboards.forms.settings.look import LookForm
from dashboards.forms.settings.payment import PaymentForm
from dashboards.views.pages import page, person_of, tenant_of
from storefront.domain.colours import InvalidColourError, readings
from storefront.domain.settings import Presentation, StaleSettingsError, update_storefront
from storefront.domain.uploads import Announcement, upload_file
from storefront.queries.media import Picture, picture_by_id
from storefront.queries.settings import get_storefront
from tenants.domain.permissions import Permission, may
from tenants.requests import SurfaceRequest

_FORM = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True)
class Part:
    """A page of the settings: its address's name, what it is called, its form and its template."""

    name: str
    label: str | Promise
    form: type[SettingsForm] | None = None
    template: str = ""


LOOK = Part("settings", gettext_lazy("Name and look"), LookForm, "look.html")
CONTACT = Part("settings-contact", gettext_lazy("Contact"), ContactForm, "contact.html")
PAYMENT = Part("settings-payment", gettext_lazy("Payment"), PaymentForm, "payment.html")
LEGAL = Part("settings-legal", gettext_lazy("Legal texts"), LegalForm, "legal.html")
ADDRESS = Part("settings-address", gettext_lazy("Web address"))
PARTS = (LOOK, CONTACT, PAYMENT, LEGAL, ADDRESS)


@require_http_methods(_FORM)
def look(request: SurfaceRequest) -> HttpResponse:
    """Name, pictures, colour, announcement, what is open."""
    return _answer(request, LOOK)


@require_http_methods(_FORM)
def contact(request: SurfaceRequest) -> HttpResponse:
    """How visitors reach the tenant."""
    return _answer(request, CONTACT)


@require_http_methods(_FORM)
def payment(request: SurfaceRequest) -> HttpResponse:
    """How visitors can pay."""
    return _answer(request, PAYMENT)


@require_http_methods(_FORM)
def legal(request: SurfaceRequest) -> HttpResponse:
    """The licence and the legal pages."""
    return _answer(request, LEGAL)


def presented(request: SurfaceRequest) -> Presentation:
    """The settings as they are. One query."""
    return Presentation(tenant_of(request), get_storefront())


def may_change(request: SurfaceRequest) -> bool:
    """Whether the member may change settings."""
    return may(request.member.role, Permission.MANAGE_SETTINGS)


def part_page(
    request: SurfaceRequest, part: Part, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the settings, within their frame."""
    frame = {"parts": PARTS, "part": part, **context}
    template = f"dashboards/settings/{part.template or 'address.html'}"
    return page(request, template, frame, section="settings", status=status)


def _answer(request: SurfaceRequest, part: Part) -> HttpResponse:
    form_class = part.form or SettingsForm
    shown = presented(request)
    if request.method != "POST":
        return _form_page(request, part, form_class.of(shown), shown)
    if not may_change(request):
        return _form_page(request, part, form_class.of(shown), shown, status=403)
    form = form_class(request.POST, request.FILES)
    if _is_saved(request, form, shown):
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse(part.name))
    return _form_page(request, part, form, shown, status=409 if form.is_stale else 400)


def _is_saved(request: SurfaceRequest, form: SettingsForm, shown: Presentation) -> bool:
    """Whether the settings are as the form says now; if not, the form tells why."""
    is_valid = form.is_valid()
    if isinstance(form, LookForm):
        form.take_files(lambda file, content: _uploaded(request, file, content))
        is_valid = form.is_valid()
    if not is_valid:
        return False
    try:
        update_storefront(
            changes=form.changes(shown),
            actor=request.member,
            now=timezone.now(),
            version=form.cleaned_data["version"] or 0,
        )
    except ValidationError as error:
        form.refuse(error)
    except StaleSettingsError:
        form.show_other_version(Presentation(shown.tenant, get_storefront()))
    return form.is_valid()


def _uploaded(request: SurfaceRequest, file: Announcement, content: UploadedFile) -> UUID:
    return upload_file(
        file=file, content=File(content), actor_id=person_of(request).id, now=timezone.now()
    )


def _form_page(
    request: SurfaceRequest,
    part: Part,
    form: SettingsForm,
    shown: Presentation,
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "may_change": may_change(request)}
    if isinstance(form, LookForm):
        context |= _look_of(form, shown)
    return part_page(request, part, context, status=status)


def _look_of(form: LookForm, shown: Presentation) -> dict[str, Any]:
    """What the page of the look shows besides its form: the pictures, and the colour as it is read."""
    return {
        "logo": _picture(form, "logo"),
        "cover": _picture(form, "cover"),
        "readings": readings(shown.settings.accent),
    }


def _picture(form: LookForm, name: str) -> Picture | None:
    try:
        return picture_by_id(UUID(str(form[name].value())))
    except ValueError:
        return None


@require_safe
def colour(request: SurfaceRequest) -> HttpResponse:
    """A piece of the page: how a colour (or none: the storefront's) is read in light and in dark."""
    asked = request.GET.get("accent") or presented(request).settings.accent
    if asked == OWN:
        asked = request.GET.get("own_accent", "")
    try:
        return render(request, "dashboards/settings/_readings.html", {"readings": readings(asked)})
    except InvalidColourError as error:
        raise Http404 from error
