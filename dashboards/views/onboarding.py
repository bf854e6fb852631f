"""The page on which a person opens an organisation of their own."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dashboards.forms.onboarding import OnboardingForm, SlugStateForm
from storefront.domain.onboarding import start_storefront
from tenants.domain.addresses import surface_address
from tenants.domain.onboarding import (
    MOST_OWNED,
    Standing,
    TooManyTenantsError,
    count_owned,
    count_suggestion,
    standing_of,
    suggested_slug,
)
from tenants.domain.provisioning import PoolExhaustedError
from tenants.domain.tenants import SlugAlikeError, SlugTakenError
from tenants.gateways.rate_limits import RateLimitedError
from tenants.models import Tenant, User
from tenants.views.problems import problem_response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required(login_url="/login/")
def new_tenant(request: HttpRequest) -> HttpResponse:
    """The form, and on to the new dashboard. One query to show it."""
    if request.method != "POST":
        languages = "ar en" if get_language() == "ar" else "en ar"
        return _form_page(request, OnboardingForm(initial={"languages": languages}))
    form = OnboardingForm(request.POST)
    tenant = _started(request, form) if form.is_valid() else None
    if tenant is None:
        return _form_page(request, form, status=400)
    return HttpResponseRedirect(f"/{tenant.slug}/")


@never_cache
@require_safe
@login_required(login_url="/login/")
def slug_state(request: HttpRequest) -> HttpResponse:
    """A piece of the page: whether the address can be had, and the one that the names suggest. Two
    queries at most.
    """
    try:
        count_suggestion(_person(request))
    except RateLimitedError as error:
        wait = {"Retry-After": str(error.retry_after)}
        return problem_response(request, status=429, code="rate_limited", headers=wait)
    asked = SlugStateForm(request.GET).asked()
    suggestion = suggested_slug(asked["name_en"], asked["name_ar"])
    # The address follows the names until somebody types another.
    is_suggested = asked["slug"] == asked["suggested"] and "typed" not in request.GET
    follows = not asked["slug"] or is_suggested
    slug = suggestion if follows else asked["slug"]
    context = {**_state(request, slug), "suggestion": suggestion, "follows": follows}
    return render(request, "onboarding/slug.html", context)


def _started(request: HttpRequest, form: OnboardingForm) -> Tenant | None:
    """The new tenant; None if it was refused, which the form then says."""
    try:
        return start_storefront(
            form.described(),
            accent=form.cleaned_data["accent"],
            owner=_person(request),
            now=timezone.now(),
        )
    except SlugAlikeError:
        form.add_error("slug", Standing.ALIKE.words)
    except SlugTakenError:
        form.add_error("slug", Standing.TAKEN.words)
    except TooManyTenantsError as error:
        form.add_error(None, str(error))
    except PoolExhaustedError:
        form.add_error(None, _("We can’t do this at the moment. Please try again shortly."))
    except RateLimitedError:
        form.add_error(None, _("That was often. Please try again in an hour."))
    return None


def _form_page(request: HttpRequest, form: OnboardingForm, *, status: int = 200) -> HttpResponse:
    slug = form["slug"].value() or ""
    context = {
        "form": form,
        "suggestion": form.data.get("suggested", ""),
        "is_full": count_owned(_person(request)) >= MOST_OWNED,
        **_state(request, "" if form.errors.get("slug") else str(slug)),
    }
    return render(request, "onboarding/new.html", context, status=status)


def _state(request: HttpRequest, slug: str) -> dict[str, Any]:
    """What the page says of a slug; of none, nothing."""
    if not slug:
        return {"standing": None, "address": ""}
    address = surface_address(slug, "", host=request.get_host()).partition("://")[2]
    return {"standing": standing_of(slug), "address": address}


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)
