"""A storefront's home page as it would be with what is typed in its settings, before they are saved."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.urls import (
    get_script_prefix,
    get_urlconf,
    reverse,
    set_script_prefix,
    set_urlconf,
)
from django.utils.translation import get_language, override
from django.views.decorators.http import require_POST

from dashboards.forms.settings.look import LookForm
from dashboards.views.pages import storefront_url
from dashboards.views.settings import may_change, presented
from storefront.domain.settings import Presentation, drafted
from storefront.views.home import first_shown
from storefront.views.pages import storefront_page
from tenants.enums import Surface
from tenants.requests import SurfaceRequest
from tenants.views.problems import permission_denied

# Nothing in it runs, is sent or leads anywhere: it is a picture of a page. Of the same origin, so that
# fonts are loaded.
_SANDBOX = (
    "sandbox allow-same-origin; script-src 'none'; form-action 'none'; frame-ancestors 'self'"
)


@require_POST
def preview(request: SurfaceRequest) -> HttpResponse:
    """The page, from what is valid in the form. Nothing is written."""
    if not may_change(request):
        return permission_denied(request)
    form = LookForm(request.POST)
    form.is_valid()
    shown = presented(request)
    draft = drafted(form.changes(shown), tenant=shown.tenant, settings=shown.settings)
    language = get_language() or ""
    spoken = language if language in draft.tenant.languages else draft.tenant.default_language
    with _on_storefront(spoken):
        response = _page(request, draft, spoken)
    response.headers["Content-Security-Policy"] = _SANDBOX
    return response


def _page(request: SurfaceRequest, draft: Presentation, language: str) -> HttpResponse:
    visit = _visit(request, draft, language)
    context = {**first_shown(), "storefront": draft.settings}
    response = storefront_page(visit, "storefront/home.html", context)
    # Links would open elsewhere, which a sandbox doesn't do. The theme has an address on this host too:
    # a frame may load no more than the page around it.
    own = reverse("settings-theme", urlconf=settings.DASHBOARD_URLCONF, args=[0, "000000"])
    for old, new in (
        ("<head>", '<head><base target="_blank">'),
        (f'href="/{language}/theme/', f'href="/{draft.tenant.slug}{own.partition("0/")[0]}'),
    ):
        response.content = response.content.replace(old.encode(), new.encode(), 1)
    return response


def _visit(request: SurfaceRequest, draft: Presentation, language: str) -> SurfaceRequest:
    """The request that a visitor's browser would send for the page."""
    visit = copy(request)
    visit.surface, visit.tenant = Surface.STOREFRONT, draft.tenant
    visit.method, visit.path, visit.path_info = "GET", f"/{language}/", f"/{language}/"
    host = urlsplit(storefront_url(request)).netloc
    visit.META = {**request.META, "HTTP_HOST": host, "QUERY_STRING": "", "SCRIPT_NAME": ""}
    return visit


@contextmanager
def _on_storefront(language: str) -> Iterator[None]:
    """Have addresses and texts made as on the storefront."""
    urlconf, prefix = get_urlconf(), get_script_prefix()
    try:
        set_urlconf(settings.SURFACE_URLCONFS[Surface.STOREFRONT])
        set_script_prefix("/")
        with override(language):
            yield
    finally:
        set_urlconf(urlconf)
        set_script_prefix(prefix)
