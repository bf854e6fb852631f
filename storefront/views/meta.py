"""What a page says of itself to search engines and to messengers that a link is shared in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from storefront.domain.frames import Frame
from storefront.domain.renditions import shared_rendition
from storefront.models import MediaAsset
from storefront.views.json_ld import Thing, data_block
from storefront.views.tenants import visited_tenant
from tenants.domain.addresses import surface_address
from tenants.domain.languages import offered_languages
from tenants.models import Tenant

#: Characters of a description that are shown beside a found page.
SUMMARY = 155


@dataclass(frozen=True, slots=True)
class Meta:
    """What a view says of its page, which is then one for search engines. `title`: without the tenant's
    name. `query`: what of it makes this another page than without. `picture`: what a shared link shows,
    in place of cover or logo. `things`: what is on the page, in the words of schema.org.
    """

    title: str
    description: str = ""
    query: Mapping[str, str | int] = field(default_factory=dict)
    picture: MediaAsset | None = None
    things: Sequence[Thing] = ()

    @property
    def summary(self) -> str:
        """The description in one line of at most `SUMMARY` characters."""
        text = " ".join(self.description.split())
        return text if len(text) <= SUMMARY else text[: SUMMARY - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Alternate:
    """The page in one language (`x-default`: for who speaks none of them)."""

    language: str
    url: str


@dataclass(frozen=True, slots=True)
class Head:
    """The same, as the template writes it. `path` is the page's; `picture`: `url`, `width`, `height`,
    `content_type` and `alt`, or None.
    """

    meta: Meta
    path: str
    canonical: str
    alternates: list[Alternate]
    picture: Mapping[str, Any] | None
    json_ld: SafeString | None


def head_of(request: HttpRequest, meta: Meta, frame: Frame) -> Head:
    """The head of the page that was asked for. No query."""
    origin = origin_of(request)
    path = _rest(request.path_info) + (f"?{urlencode(meta.query)}" if meta.query else "")
    return Head(
        meta=meta,
        path=request.path_info,
        canonical=f"{origin}/{get_language()}/{path}",
        alternates=_alternates(request, origin, path),
        picture=_shared(origin, meta.picture, frame.cover, frame.logo),
        json_ld=data_block(meta.things) if meta.things else None,
    )


def origin_of(request: HttpRequest) -> str:
    """Where the tenant's storefront is, whichever host it was asked at: `https://oud-house.souqna.com`."""
    return surface_address(visited_tenant(request).slug, "", host=request.get_host())


def alternates_of(
    tenant: Tenant, languages: Sequence[str], base: str, path: str
) -> list[Alternate]:
    """The page at `path` (below the language) in each of `languages`; none if there is only one."""
    if len(languages) < 2:  # noqa: PLR2004 (one language has no other)
        return []
    default = tenant.default_language if tenant.default_language in languages else languages[0]
    return [
        *(Alternate(code, f"{base}/{code}/{path}") for code in languages),
        Alternate("x-default", f"{base}/{default}/{path}"),
    ]


def _shared(origin: str, *assets: MediaAsset | None) -> dict[str, Any] | None:
    for asset in assets:
        shown = shared_rendition(asset) if asset is not None else None
        if asset is not None and shown is not None:
            return {**shown, "url": urljoin(f"{origin}/", shown["url"]), "alt": asset.alt}
    return None


def _alternates(request: HttpRequest, origin: str, path: str) -> list[Alternate]:
    return alternates_of(visited_tenant(request), offered_languages(request), origin, path)


def _rest(path: str) -> str:
    return path.removeprefix("/").partition("/")[2]
