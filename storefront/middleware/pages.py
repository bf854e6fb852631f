"""Pages that are the same for everybody, from the tenant's cache.

Stands right inside the count of visits, which sees every page wherever its HTML came from, and outside of
all that a kept page can do without.
"""

import copy
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db.models import DateTimeField
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    QueryDict,
)
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern
from django.utils import timezone
from django.utils.http import parse_etags
from django.utils.translation import override

from storefront.domain.clock import next_moment
from storefront.domain.kept import Page, read_all
from storefront.domain.live import Marks, marked
from storefront.gateways import pages as gateway
from storefront.gateways.pages import Found
from storefront.queries.live import READS
from storefront.requests import language_of
from storefront.views.kept import Query, query_of
from tenants.domain.languages import offered_languages
from tenants.domain.release import code_fingerprint
from tenants.enums import Surface
from tenants.models import Tenant
from tenants.requests import SurfaceRequest

#: How long a page is kept at most, should nothing that it shows be changed.
LONGEST = timedelta(minutes=5)
_OK = 200
_PREFIX = len("/ar/")
# Whatever a page may say of its tenant. Moments have fewer digits in the cache of hosts than in the row.
_TENANT = [
    field.attname for field in Tenant._meta.concrete_fields if not isinstance(field, DateTimeField)
]
# Browsers and proxies may keep a page, but ask each time: a change is seen on the next request.
_REVALIDATED = "private, no-cache"


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that may be kept: its language and its query, written one way."""

    language: str
    query: str


class PageMiddleware:
    """Answers with a kept page, or keeps the one that is made; with Valkey away it only passes on."""

    def __init__(self, get_response: Callable[[SurfaceRequest], HttpResponseBase]) -> None:
        if not settings.PAGES_KEPT:
            raise MiddlewareNotUsed("pages are not kept")
        self.get_response = get_response

    def __call__(self, request: SurfaceRequest) -> HttpResponseBase:
        """The page, of the same bytes whether it was kept or made for this request."""
        asked = page_asked(request)
        if asked is None or request.tenant is None:
            return self.get_response(request)
        found = gateway.look_up(request.tenant.id, _name(request, request.tenant, asked))
        if found is not None and found.entry is not None:
            kept = _kept(request, found.entry)
            if kept is not None:
                return kept
        return self._made(request, asked, found)

    def _made(self, request: SurfaceRequest, asked: Asked, found: Found | None) -> HttpResponseBase:
        now = timezone.now()
        with marked() as marks:
            response = self.get_response(_plain(request, asked))
        if not isinstance(response, HttpResponse):
            return response
        if not _may_be_kept(response):
            if marks.marks:
                _fill(response, marks.filled(response.content))
            return response
        page = Page.of(
            response.content,
            marks,
            language=asked.language,
            content_type=response.headers["Content-Type"],
        )
        if found is not None:
            _keep(page, found, now=now)
        return _answer(request, page, _texts(page, marks, response.content))


def page_asked(request: SurfaceRequest) -> Asked | None:
    """The kept page that a request is for, or None: then it is nobody's but its view's matter."""
    if request.method not in ("GET", "HEAD") or request.surface != Surface.STOREFRONT:
        return None
    language = language_of(request.path_info)
    if not language or language not in offered_languages(request) or not _is_our_port(request):
        return None
    below = request.path_info[_PREFIX:]
    for pattern, write in _kept_patterns(request.urlconf):
        if pattern.match(below):
            sent = request.META.get("QUERY_STRING", "")
            query = write(QueryDict(sent)) if sent else write(QueryDict())
            return None if query is None else Asked(language, query)
    return None


def _kept(request: SurfaceRequest, entry: bytes) -> HttpResponse | None:
    """The answer from what was kept; None if it is of no use, as when an item is gone meanwhile."""
    try:
        page = Page.parse(entry)
        if not page.marks:
            return _answer(request, page, [])
        figures = read_all(page.asked(), READS)
        with override(page.language):
            texts = page.texts(figures)
    except (ValueError, KeyError):
        return None
    return _answer(request, page, texts)


def _answer(request: HttpRequest, page: Page, texts: list[str]) -> HttpResponse:
    etag = page.etag(texts)
    known = request.META.get("HTTP_IF_NONE_MATCH")
    response: HttpResponse
    if known and _is_known(etag, known):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(content_type=page.content_type)
        _fill(response, page.woven(texts))
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = _REVALIDATED
    response.headers["Content-Language"] = page.language
    return response


def _keep(page: Page, found: Found, *, now: datetime) -> None:
    """Keep the page that was begun at `now`, until the clock changes it."""
    entry = page.entry()
    if entry is None:
        return
    until = now + LONGEST
    moment = next_moment(now=timezone.now())
    gateway.keep(found, entry, now=timezone.now(), until=min(until, moment or until))


def _texts(page: Page, marks: Marks, content: bytes) -> list[str]:
    return [marks.texts[number] for number in marks.split(content)[1]] if page.marks else []


def _may_be_kept(response: HttpResponse) -> bool:
    """Whether it is a page for everybody: the view hasn't said who may keep it, nor set a cookie."""
    headers = response.headers
    return (
        response.status_code == _OK
        and headers.get("Content-Type", "").startswith("text/html")
        and not response.cookies
        and "Cache-Control" not in headers
        and "Vary" not in headers
    )


def _fill(response: HttpResponse, content: bytes) -> None:
    response.content = content
    response.headers["Content-Length"] = str(len(content))


def _is_known(etag: str, header: str) -> bool:
    """Whether a browser has this page already: weakly compared, as RFC 9110 has it."""
    strong = etag.removeprefix("W/")
    return any(one == "*" or one.removeprefix("W/") == strong for one in parse_etags(header))


def _plain(request: SurfaceRequest, asked: Asked) -> SurfaceRequest:
    """The request as every visitor's: what a kept page may depend on, and nothing else."""
    plain = copy.copy(request)
    for name in ("GET", "COOKIES", "headers", "accepted_types", "accepted_types_by_precedence"):
        plain.__dict__.pop(name, None)
    plain.method, plain.resolver_match = "GET", None
    plain.META = {
        name: value
        for name, value in request.META.items()
        if not name.startswith("HTTP_") or name in _seen_headers()
    }
    plain.META.update(REQUEST_METHOD="GET", QUERY_STRING=asked.query)
    # Django reads query and cookies out of this one.
    plain.environ = plain.META  # type: ignore[attr-defined]  # a WSGIRequest's
    return plain


@lru_cache(maxsize=1)
def _seen_headers() -> frozenset[str]:
    """The host and what tells the scheme are part of addresses on the page. `Accept` is for a refusal,
    which isn't kept.
    """
    proxy = settings.SECURE_PROXY_SSL_HEADER
    return frozenset({"HTTP_HOST", "HTTP_ACCEPT", *([proxy[0]] if proxy else [])})


def _name(request: SurfaceRequest, tenant: Tenant, asked: Asked) -> str:
    """What a page is kept by, beside its tenant: all that it may depend on but the catalog's version."""
    parts = (
        code_fingerprint(),
        request.scheme or "",
        request.META["HTTP_HOST"],
        request.path_info,
        asked.query,
        *(str(getattr(tenant, name)) for name in _TENANT),
    )
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def _is_our_port(request: HttpRequest) -> bool:
    """A visitor may name any port: each would be another page."""
    port = request.META["HTTP_HOST"].partition(":")[2]
    return not port or port == str(settings.SOUQNA_PORT)


@lru_cache(maxsize=2)
def _kept_patterns(urlconf: str) -> tuple[tuple[Any, Query], ...]:
    """The kept views' patterns below the language, and how each writes its query."""
    return tuple(
        found
        for entry in get_resolver(urlconf).url_patterns
        if isinstance(entry, URLResolver) and isinstance(entry.pattern, LocalePrefixPattern)
        for found in _kept_in(entry)
    )


def _kept_in(resolver: URLResolver) -> Iterator[tuple[Any, Query]]:
    """Includes with a prefix of their own aren't looked into: tests/storefront/test_page_cache.py."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if not str(entry.pattern):
                yield from _kept_in(entry)
        elif isinstance(entry, URLPattern) and (write := query_of(entry.callback)):
            yield entry.pattern, write
