"""What search engines may look at: `robots.txt`, and every address there is, in each language spoken."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from math import ceil
from xml.sax.saxutils import escape, quoteattr

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from storefront.domain.legal import LEGAL_PAGES
from storefront.queries.items import published_items
from storefront.views.meta import alternates_of, origin_of
from storefront.views.pages import visited_tenant
from tenants.domain.languages import offered_languages

#: Addresses in one file at most; search engines take ten times as many.
MOST = 5_000
_PAGES = ("", "items/", "about/", *(f"{page}/" for page in LEGAL_PAGES))
#: What is one visitor's own, or nobody's to find.
_CLOSED = ("cart/", "checkout/", "track/", "report/")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"

#: An address below the language, and when it was changed, if that is known.
Entry = tuple[str, datetime | None]


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """`robots.txt`. No query."""
    lines = [
        "User-agent: *",
        "Disallow: /api/",
        *(f"Disallow: /{code}/{path}" for code in offered_languages(request) for path in _CLOSED),
        "",
        f"Sitemap: {origin_of(request)}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list of the sitemaps. One query."""
    origin = origin_of(request)
    files = 1 + ceil(published_items().count() / _items_a_file(request))
    parts = (
        f"<sitemap><loc>{escape(origin)}/sitemap-{number}.xml</loc></sitemap>\n"
        for number in range(files)
    )
    return _document("sitemapindex", f'xmlns="{_SITEMAPS}"', parts)


@require_safe
def section(request: HttpRequest, number: str) -> HttpResponse:
    """One sitemap: 0 has the pages, each after it so many items. One query at most."""
    entries: list[Entry] = [(path, None) for path in _PAGES]
    if int(number):
        entries = _items(int(number) - 1, _items_a_file(request))
        if not entries:
            raise Http404
    namespaces = f'xmlns="{_SITEMAPS}" xmlns:xhtml="{_XHTML}"'
    return _document("urlset", namespaces, _urls(request, entries))


def _items_a_file(request: HttpRequest) -> int:
    return MOST // len(offered_languages(request))


def _items(number: int, size: int) -> list[Entry]:
    # In an order that new items don't shift.
    rows = published_items().prefetch_related(None).order_by("created_at", "id")
    found = rows.values_list("slug", "updated_at")[number * size : (number + 1) * size]
    return [(f"items/{slug}/", changed) for slug, changed in found]


def _urls(request: HttpRequest, entries: Iterable[Entry]) -> Iterator[str]:
    tenant, languages, origin = (
        visited_tenant(request),
        offered_languages(request),
        origin_of(request),
    )
    for path, changed in entries:
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{one.language}" href={quoteattr(one.url)}/>'
            for one in alternates_of(tenant, languages, origin, path)
        )
        when = f"<lastmod>{changed:%Y-%m-%d}</lastmod>" if changed else ""
        for code in languages:
            address = escape(f"{origin}/{code}/{path}")
            yield f"<url><loc>{address}</loc>{when}{others}</url>\n"


def _document(name: str, namespaces: str, parts: Iterable[str]) -> HttpResponse:
    text = f"{_HEAD}<{name} {namespaces}>\n{''.join(parts)}</{name}>\n"
    return HttpResponse(text, content_type="application/xml; charset=utf-8")
