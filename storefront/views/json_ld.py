"""What a page is about, in the words of schema.org. Prices are KWD.

Pages are kept while stock is sold: what is left of an item is said only where it isn't counted.
"""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from django.utils.safestring import SafeString

from storefront.domain.frames import Frame
from storefront.domain.renditions import shared_rendition
from storefront.enums import ItemKind
from tenants.enums import TenantKind

if TYPE_CHECKING:
    from storefront.models import CatalogItem, MediaAsset
    from tenants.models import Tenant

Thing = dict[str, Any]

_TYPES = {
    TenantKind.SHOP: "Store",
    TenantKind.CHARITY: "NGO",
    TenantKind.PROJECT: "Organization",
}
_DAYS = {
    "sun": "Sunday",
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
}
# A name may hold `</script>`, or end a line where old JavaScript didn't expect it.
_ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}
_IN_STOCK = "https://schema.org/InStock"


def organisation(tenant: "Tenant", frame: Frame, *, origin: str, language: str) -> Thing:
    """The tenant and how to reach it."""
    settings = frame.storefront
    kind = _TYPES[TenantKind(tenant.kind)]
    facts: dict[str, Any] = {
        "@type": kind,
        "@id": f"{origin}/#organisation",
        "name": tenant.name,
        "url": f"{origin}/{language}/",
        "description": settings.tagline,
        "logo": _pictures(origin, [frame.logo]),
        "image": _pictures(origin, [frame.cover]),
        "telephone": settings.phone,
        "email": settings.email,
        "address": _address(frame),
        "sameAs": [page.url for page in frame.social],
    }
    if kind == "Store":  # only places have these
        facts |= {"hasMap": frame.map_url, "openingHoursSpecification": _hours(frame)}
    return _told(facts)


def offer(item: "CatalogItem", tenant: "Tenant", *, url: str, origin: str) -> Thing:
    """An item that is sold: a product or a service with its price, if it has one."""
    return _told(
        {
            "@type": "Service" if item.kind == ItemKind.SERVICE else "Product",
            "name": item.name,
            "description": item.description,
            "image": _pictures(origin, item.pictures),
            "url": url,
            "sku": item.slug if item.kind == ItemKind.PRODUCT else None,
            "provider" if item.kind == ItemKind.SERVICE else "brand": {
                "@type": "Organization",
                "name": tenant.name,
            },
            "offers": _price(item, url),
        }
    )


def item_list(items: Iterable["CatalogItem"], *, base: str, first: int) -> Thing:
    """The items of one page of the list, the first of which is number `first`; each has its address
    below `base`.
    """
    return {
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "url": f"{base}{item.slug}/"}
            for number, item in enumerate(items, start=first)
        ],
    }


def breadcrumbs(steps: Sequence[tuple[str, str]]) -> Thing:
    """The way to the page: names and addresses, from the home page on."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": url}
            for number, (name, url) in enumerate(steps, start=1)
        ],
    }


def data_block(things: Sequence[Thing]) -> SafeString:
    """The things as they stand in the page's head: nothing in them can end the element."""
    document = {"@context": "https://schema.org", "@graph": list(things)}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return SafeString(text.translate(_ESCAPES))


def _price(item: "CatalogItem", url: str) -> Thing | None:
    if item.price is None:
        return None
    kind, name = ("AggregateOffer", "lowPrice") if item.has_variants else ("Offer", "price")
    offered: Thing = {
        "@type": kind, name: f"{item.price:.3f}", "priceCurrency": "KWD", "url": url
    }  # fmt: skip
    if item.stock is None:
        offered["availability"] = _IN_STOCK
    return offered


def _address(frame: Frame) -> Thing | None:
    if not frame.address:
        return None
    return {"@type": "PostalAddress", "streetAddress": frame.address, "addressCountry": "KW"}


def _hours(frame: Frame) -> list[Thing]:
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"https://schema.org/{name}",
            "opens": start,
            "closes": end,
        }
        for day, name in _DAYS.items()
        for start, end in frame.storefront.opening_hours.get(day, [])
    ]


def _pictures(origin: str, assets: Iterable["MediaAsset | None"]) -> list[str]:
    shown = (shared_rendition(asset) for asset in assets if asset is not None)
    return [urljoin(f"{origin}/", one["url"]) for one in shown if one is not None]


def _told(facts: Thing) -> Thing:
    """Without what there is nothing to say of."""
    return {name: value for name, value in facts.items() if value}
