"""Each request in its language, undone when the answer leaves."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import override

from tenants.domain.languages import choose_language, unspoken_page

_READING = frozenset({"GET", "HEAD"})


class LanguageMiddleware:
    """Activates the request's language; stands after the middleware that sets the surface.

    A page in a language that the tenant doesn't speak leads to the same page in one that it does. A
    streamed body is made after this has returned: it enters its language itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, with `Content-Language`, and `Vary` where headers decided the language."""
        spoken_page = unspoken_page(request) if request.method in _READING else None
        if spoken_page is not None:
            return HttpResponseRedirect(spoken_page)
        choice = choose_language(request)
        with override(choice.language):
            response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("image/"):
            return response  # a picture speaks no language, and caches keep it once
        response.headers.setdefault("Content-Language", choice.language)
        if choice.headers:
            patch_vary_headers(response, choice.headers)
        return response
