"""The page where a visitor reports the storefront to the operators."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from storefront.domain.visitors import visitor_of
from storefront.forms.reports import ReportForm, own_path
from storefront.views.pages import storefront_page, visited_tenant
from tenants.domain.abuse import Report, count_report, report_storefront
from tenants.gateways.rate_limits import RateLimitedError
from tenants.requests import client_address


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form, with `page` filled in by the link that led here, or the report that it sends."""
    if request.method == "POST":
        return _private(_submitted(request))
    host = request.get_host()
    page = own_path(request.GET.get("page", ""), host=host) or ""
    form = ReportForm(host=host, initial={"page": page})
    return _private(_page(request, form, is_sent="sent" in request.GET))


def _submitted(request: HttpRequest) -> HttpResponse:
    form = ReportForm(request.POST, host=request.get_host())
    if form.is_from_program:
        return _thanks()
    if not form.is_valid():
        return _page(request, form, status=400)
    try:
        count_report(client_address(request))
    except RateLimitedError as error:
        form.add_error(
            None,
            _("Too many reports were sent from here. What you typed is kept: send it later."),
        )
        response = _page(request, form, status=429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    typed = {name: form.cleaned_data[name] for name in ("reason", "text", "page", "email")}
    said = Report(**typed, language=get_language() or "")
    report_storefront(said, visitor=_visitor(request), now=timezone.now())
    return _thanks()


def _visitor(request: HttpRequest) -> str:
    """Who it is, for today; empty if that can't be told."""
    hashes = visitor_of(
        tenant_id=visited_tenant(request).id,
        address=client_address(request),
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
        now=timezone.now(),
    )
    return hashes[0] if hashes else ""


def _thanks() -> HttpResponse:
    response = HttpResponseRedirect(reverse("storefront:report") + "?sent=1")
    response.status_code = 303
    return response


def _page(
    request: HttpRequest, form: ReportForm, *, is_sent: bool = False, status: int = 200
) -> HttpResponse:
    shown = {"form": form, "is_sent": is_sent}
    return storefront_page(request, "storefront/report.html", shown, status=status)


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
