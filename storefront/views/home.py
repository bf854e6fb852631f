"""The storefront's home page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storefront.queries.settings import get_storefront


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who the tenant is and what there will be. One query."""
    return render(request, "storefront/home.html", {"storefront": get_storefront()})
