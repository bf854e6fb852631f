"""What the measured pages say of themselves: what `storefront.views.meta` puts together, from the
same facts. Nothing here knows a tenant's scope.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

from django.http import HttpRequest
from django.utils.translation import get_language

from storefront.domain.frames import Frame
from storefront.domain.renditions import shared_rendition
from storefront.views import json_ld

_SUMMARY = 155


def list_head(
    request: HttpRequest, frame: Frame, site: Any, catalog: str, shown: Iterable[Any]
) -> dict[str, Any]:
    """Of the first page of the list."""
    origin = _origin(request)
    base = f"{origin}/{get_language()}/items/"
    things = [
        json_ld.item_list(shown, base=base, first=1),
        json_ld.breadcrumbs([(site.name, f"{origin}/{get_language()}/"), (catalog, base)]),
    ]
    return _head(request, frame, title=catalog, text=frame.storefront.tagline, things=things)


def item_head(
    request: HttpRequest, frame: Frame, site: Any, catalog: str, item: Any
) -> dict[str, Any]:
    """Of an item's page."""
    origin = _origin(request)
    base = f"{origin}/{get_language()}/items/"
    url = f"{base}{item.slug}/"
    way = [(site.name, f"{origin}/{get_language()}/"), (catalog, base), (item.name, url)]
    things = [json_ld.breadcrumbs(way)]
    if item.kind != "project":
        things.insert(0, json_ld.offer(item, site, url=url, origin=origin))
    picture = next(iter(item.pictures), None)
    text = item.description or frame.storefront.tagline
    return _head(request, frame, title=item.name, text=text, things=things, picture=picture)


def _head(
    request: HttpRequest,
    frame: Frame,
    *,
    title: str,
    text: str,
    things: list[dict[str, Any]],
    picture: Any = None,
) -> dict[str, Any]:
    origin = _origin(request)
    rest = request.path_info[4:]
    line = " ".join(text.split())
    summary = line if len(line) <= _SUMMARY else line[: _SUMMARY - 1].rstrip() + "…"
    shown = next((one for one in (picture, frame.cover, frame.logo) if one is not None), None)
    rendition = shared_rendition(shown) if shown is not None else None
    return {
        "meta": {"title": title, "summary": summary},
        "path": request.path_info,
        "canonical": f"{origin}{request.path_info}",
        "alternates": [
            {"language": language, "url": f"{origin}/{code}/{rest}"}
            for language, code in (("ar", "ar"), ("en", "en"), ("x-default", "ar"))
        ],
        "picture": rendition
        and {**rendition, "url": urljoin(f"{origin}/", rendition["url"]), "alt": shown.alt},
        "json_ld": json_ld.data_block(things),
    }


def _origin(request: HttpRequest) -> str:
    return f"http://{request.get_host()}"
