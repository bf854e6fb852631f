"""What a page says of itself to search engines and messengers: the words of ours, made plainly."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urljoin

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from tests.bench.floor.frames import Frame
from tests.bench.floor.models import CatalogItem, MediaAsset, Site

_SUMMARY = 155
_WIDEST_SHARED = 1000
_KNOWN = ("image/jpeg", "image/png", "image/webp")
_ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}


def head(
    request: HttpRequest,
    frame: Frame,
    site: Site,
    *,
    title: str,
    description: str,
    things: Sequence[dict[str, Any]],
    query: Mapping[str, str | int] | None = None,
    picture: MediaAsset | None = None,
) -> dict[str, Any]:
    """`storefront.views.meta.Head`."""
    origin = origin_of(request)
    rest = request.path_info.removeprefix("/").partition("/")[2]
    path = rest + (f"?{urlencode(query)}" if query else "")
    languages = [*(code for code, _ in settings.LANGUAGES), "x-default"]
    return {
        "meta": {"title": title, "summary": _summary(description)},
        "path": request.path_info,
        "canonical": f"{origin}/{get_language()}/{path}",
        "alternates": [
            {
                "language": code,
                "url": f"{origin}/{site.default_language if code == 'x-default' else code}/{path}",
            }
            for code in languages
        ],
        "picture": _picture(origin, picture or frame.cover or frame.logo),
        "json_ld": _json_ld(things),
    }


def origin_of(request: HttpRequest) -> str:
    """Where the site is."""
    return f"{request.scheme}://{request.get_host()}"


def item_list(items: Iterable[CatalogItem], *, base: str, first: int) -> dict[str, Any]:
    """The items of a page of the list."""
    return {
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "url": f"{base}{item.slug}/"}
            for number, item in enumerate(items, start=first)
        ],
    }


def breadcrumbs(origin: str, site: Site, *steps: tuple[str, str]) -> dict[str, Any]:
    """The way from the home page."""
    way = [(site.name, origin + reverse("storefront:home")), *steps]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": url}
            for number, (name, url) in enumerate(way, start=1)
        ],
    }


def offer(item: CatalogItem, site: Site, *, origin: str, url: str) -> dict[str, Any]:
    """What is sold."""
    is_service = item.kind == "service"
    seller = {"@type": "Organization", "name": site.name}
    shown = [_shared(asset) for asset in item.pictures]
    facts = {
        "@type": "Service" if is_service else "Product",
        "name": item.name,
        "description": item.description,
        "image": [urljoin(f"{origin}/", one["url"]) for one in shown if one],
        "url": url,
        "sku": item.slug if item.kind == "product" else None,
        "provider" if is_service else "brand": seller,
        "offers": _price(item, url),
    }
    return {name: value for name, value in facts.items() if value}


def _price(item: CatalogItem, url: str) -> dict[str, str] | None:
    if item.price is None:
        return None
    kind, name = ("AggregateOffer", "lowPrice") if item.has_variants else ("Offer", "price")
    offered = {"@type": kind, name: f"{item.price:.3f}", "priceCurrency": "KWD", "url": url}
    if item.stock is None:
        offered["availability"] = "https://schema.org/InStock"
    return offered


def _picture(origin: str, asset: MediaAsset | None) -> dict[str, Any] | None:
    shown = _shared(asset) if asset else None
    if not (asset and shown):
        return None
    return {**shown, "url": urljoin(f"{origin}/", shown["url"]), "alt": asset.alt}


def _shared(asset: MediaAsset) -> dict[str, Any] | None:
    known = [one for one in asset.urls if one["content_type"] in _KNOWN]
    small = [one for one in known if one["width"] <= _WIDEST_SHARED]
    return max(small or known, key=lambda one: one["width"], default=None)


def _summary(description: str) -> str:
    text = " ".join(description.split())
    return text if len(text) <= _SUMMARY else text[: _SUMMARY - 1].rstrip() + "…"


def _json_ld(things: Sequence[dict[str, Any]]) -> SafeString:
    document = {"@context": "https://schema.org", "@graph": list(things)}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return SafeString(text.translate(_ESCAPES))
