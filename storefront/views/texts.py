"""The pages that are text: who the tenant is, and its legal ones."""

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from storefront.domain.legal import legal_text
from storefront.views.json_ld import organisation
from storefront.views.kept import kept
from storefront.views.meta import Meta, origin_of
from storefront.views.pages import frame_of, storefront_page, visited_tenant

_TITLES: dict[str, str | Promise] = {
    "privacy": gettext_lazy("Privacy"),
    "returns": gettext_lazy("Returns"),
    "delivery": gettext_lazy("Delivery"),
}


@kept()
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Who the tenant is, how to reach it, and how to pay. One query."""
    tenant, frame = visited_tenant(request), frame_of()
    origin, language = origin_of(request), get_language() or ""
    meta = Meta(
        title=_("About us"),
        description=frame.storefront.about or frame.storefront.tagline,
        things=[organisation(tenant, frame, origin=origin, language=language)],
    )
    return storefront_page(request, "storefront/about.html", {}, frame=frame, meta=meta)


@kept()
@require_safe
def legal(request: HttpRequest, page: str) -> HttpResponse:
    """One of `LEGAL_PAGES`. One query."""
    tenant, frame = visited_tenant(request), frame_of()
    language = get_language() or ""
    text = legal_text(page, tenant=tenant, settings=frame.storefront, language=language)
    title = str(_TITLES[page])
    meta = Meta(title=title, description=text)
    shown = {"title": title, "text": text}
    return storefront_page(request, "storefront/legal.html", shown, frame=frame, meta=meta)
