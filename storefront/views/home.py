"""The storefront's home page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from storefront.enums import ItemKind
from storefront.queries.shelves import featured_first
from storefront.views.json_ld import organisation
from storefront.views.kept import kept
from storefront.views.meta import Meta, origin_of
from storefront.views.pages import frame_of, storefront_page, visited_tenant

#: How many items the home page shows beside the featured one.
SHOWN = 8


@kept()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who the tenant is and what it offers first. Three queries, two without items."""
    tenant, frame = visited_tenant(request), frame_of()
    origin, language = origin_of(request), get_language() or ""
    meta = Meta(
        title=tenant.name,
        description=frame.storefront.tagline or frame.storefront.about,
        things=[organisation(tenant, frame, origin=origin, language=language)],
    )
    return storefront_page(request, "storefront/home.html", first_shown(), frame=frame, meta=meta)


def first_shown() -> dict[str, Any]:
    """What the home page shows of the catalog. Two queries, one without items."""
    items = list(featured_first()[: SHOWN + 1])
    featured = next((item for item in items if item.pictures and item.is_available), None)
    others = [item for item in items if item is not featured][:SHOWN]
    return {
        "has_items": bool(items),
        "featured": featured,
        "goods": [item for item in others if item.kind != ItemKind.PROJECT],
        "projects": [item for item in others if item.kind == ItemKind.PROJECT],
    }
