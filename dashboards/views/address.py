"""The staff's page of the storefront's address."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dashboards.forms.settings.address import AddressForm, asked_slug
from dashboards.views.pages import tenant_of
from dashboards.views.settings import ADDRESS, part_page
from storefront.domain.renaming import move_storefront
from tenants.domain.addresses import surface_address
from tenants.domain.members import UnknownMemberError
from tenants.domain.onboarding import Standing, standing_of
from tenants.domain.permissions import Permission, PermissionDeniedError, may
from tenants.domain.renaming import MOST_RENAMES, TooManyRenamesError, had_slug
from tenants.domain.tenants import SlugAlikeError, SlugTakenError
from tenants.models import Tenant
from tenants.requests import SurfaceRequest


@require_http_methods(["GET", "HEAD", "POST"])
def address(request: SurfaceRequest) -> HttpResponse:
    """Where the storefront is, and a form to move it."""
    if request.method != "POST":
        return _form_page(request, AddressForm())
    if not _may_move(request):
        return _form_page(request, AddressForm(), status=403)
    form = AddressForm(request.POST)
    tenant = _moved(request, form) if form.is_valid() else None
    if tenant is None:
        return _form_page(request, form, status=400)
    messages.success(request, _("Your page has moved to its new address."))
    return HttpResponseRedirect(f"/{tenant.slug}/settings/address/")


@require_safe
def state(request: SurfaceRequest) -> HttpResponse:
    """A piece of the page: whether the address that is typed can be had. Two queries at most."""
    context = _state(request, asked_slug(request.GET))
    return render(request, "dashboards/settings/_slug_state.html", context)


def _moved(request: SurfaceRequest, form: AddressForm) -> Tenant | None:
    """The tenant with its new slug; None if it was refused, which the form then says."""
    try:
        return move_storefront(
            slug=form.cleaned_data["slug"], actor=request.member, now=timezone.now()
        )
    except SlugAlikeError:
        form.add_error("slug", Standing.ALIKE.words)
    except SlugTakenError:
        form.add_error("slug", Standing.TAKEN.words)
    except TooManyRenamesError:
        told = _("The address can be changed %(most)d times in 30 days. Please try again later.")
        form.add_error(None, told % {"most": MOST_RENAMES})
    except (PermissionDeniedError, UnknownMemberError):
        form.add_error(None, _("Only owners can change the address."))
    return None


def _may_move(request: SurfaceRequest) -> bool:
    return may(request.member.role, Permission.MOVE_STOREFRONT)


def _form_page(request: SurfaceRequest, form: AddressForm, *, status: int = 200) -> HttpResponse:
    slug = "" if form.errors else str(form["slug"].value() or "")
    context = {"form": form, "may_change": _may_move(request), **_state(request, slug)}
    return part_page(request, ADDRESS, context, status=status)


def _state(request: SurfaceRequest, slug: str) -> dict[str, Any]:
    """What the page says of a slug; of none, nothing."""
    if not slug:
        return {"standing": None, "address": "", "is_former": False}
    shown = surface_address(slug, "", host=request.get_host()).partition("://")[2]
    standing = standing_of(slug, own=tenant_of(request).id)
    is_former = standing is Standing.FREE and had_slug(slug)
    return {"standing": standing, "address": shown, "is_former": is_former}
