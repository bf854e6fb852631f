"""The way in at `/`, and the language switch of the staff's pages."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from tenants.domain.languages import COOKIE, offered_languages
from tenants.views.problems import problem_response

COOKIE_AGE = 365 * 24 * 3600  # seconds


@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """`/` of a storefront or of the landing page: to the home page in the person's language."""
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponseRedirect(f"/{get_language()}/" + (f"?{query}" if query else ""))
    patch_vary_headers(response, ["Accept-Language"])
    return response


# Exempt: a GET does the same, so a token would protect nothing.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: HttpRequest) -> HttpResponse:
    """Keep the language `to` in a cookie of this host and go back to the page `next`."""
    asked = request.POST if request.method == "POST" else request.GET
    language = asked.get("to", "")
    if language not in offered_languages(request):
        return problem_response(request, status=400, code="invalid")
    response = HttpResponseRedirect(_safe_page(request, asked.get("next", "")))
    keep_language(request, response, language)
    return response


def keep_language(request: HttpRequest, response: HttpResponse, language: str) -> None:
    """Have the staff's pages speak this language from now on."""
    response.set_cookie(
        COOKIE,
        language,
        max_age=COOKIE_AGE,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def _safe_page(request: HttpRequest, page: str) -> str:
    safe = url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return page if safe else "/"
