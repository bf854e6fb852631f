"""The landing page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tenants.domain.addresses import surface_address


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Souqna does and for whom, with the way to sign up. No query."""
    host = request.get_host()
    return render(
        request,
        "landing/home.html",
        {
            "sign_up_url": surface_address("app", "/signup/", host=host),
            "log_in_url": surface_address("app", "/login/", host=host),
        },
    )
