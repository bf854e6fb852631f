"""What the pages of the catalog say of themselves."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from storefront.domain.frames import Frame
from storefront.enums import ItemKind
from storefront.models import CatalogItem
from storefront.queries.settings import offers_of
from storefront.views.json_ld import breadcrumbs, item_list, offer
from storefront.views.meta import Meta, origin_of
from storefront.views.pages import catalog_name, visited_tenant

#: Filters of the list that each make a page of its own; what sorts it doesn't.
_OWN_PAGES = ("kind", "category")


def list_meta(request: HttpRequest, frame: Frame, shown: Mapping[str, Any]) -> Meta:
    """Of one page of the list; `shown`: what the template is given (`asked`, `items`, `page`)."""
    tenant, origin = visited_tenant(request), origin_of(request)
    category = shown["category"]
    name = category.name if category else catalog_name(offers_of(tenant, frame.storefront))
    kept = {name: str(getattr(shown["asked"], name, "") or "") for name in _OWN_PAGES}
    page = shown["page"]
    base = origin + reverse("storefront:items")
    words = {"catalog": name, "name": tenant.name}
    return Meta(
        title=name,
        description=frame.storefront.tagline or _("%(catalog)s at %(name)s") % words,
        query={**{key: value for key, value in kept.items() if value}, **_number(page)},
        things=[
            item_list(shown["items"], base=base, first=(page - 1) * shown["a_page"] + 1),
            breadcrumbs([(tenant.name, origin + reverse("storefront:home")), (name, base)]),
        ],
    )


def meta_of_item(request: HttpRequest, frame: Frame, item: CatalogItem) -> Meta:
    """Of an item's page."""
    tenant, origin = visited_tenant(request), origin_of(request)
    catalog = origin + reverse("storefront:items")
    url = f"{catalog}{item.slug}/"
    name = catalog_name(offers_of(tenant, frame.storefront))
    way = [(tenant.name, origin + reverse("storefront:home")), (name, catalog), (item.name, url)]
    things = [breadcrumbs(way)]
    if item.kind != ItemKind.PROJECT:
        things.insert(0, offer(item, tenant, url=url, origin=origin))
    return Meta(
        title=item.name,
        description=item.description or frame.storefront.tagline,
        picture=next(iter(item.pictures), None),
        things=things,
    )


def _number(page: int) -> dict[str, int]:
    """The first page is the list itself."""
    return {"page": page} if page > 1 else {}
