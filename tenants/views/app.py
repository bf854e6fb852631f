"""The first pages of `app.`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The organisations to choose from. No query."""
    return render(request, "app/home.html")


@require_safe
def sign_up(request: HttpRequest) -> HttpResponse:
    """Where sign-up will be; says so. No query."""
    return render(request, "app/soon.html", {"title": _("Create an account")})


@require_safe
def log_in(request: HttpRequest) -> HttpResponse:
    """Where log-in will be; says so. No query."""
    return render(request, "app/soon.html", {"title": _("Log in")})
