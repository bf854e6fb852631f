"""The legal pages of a storefront: the tenant's own texts, or sensible ones to start from."""

from functools import cache
from pathlib import Path

from storefront.models import StorefrontSettings
from tenants.models import Tenant
from tenants.validators.phones import spaced_phone

#: The pages, in the order in which they are listed.
LEGAL_PAGES = ("privacy", "returns", "delivery")
_TEXTS = Path(__file__).with_name("texts")
#: What visitors are told is kept of them doesn't depend on what is sold.
_SAME_FOR_ALL = frozenset({"privacy"})
_COMMA = {"ar": "، ", "en": ", "}
# A number reads from left to right, wherever it stands (Unicode's isolates).
_ISOLATED = "\u2066{}\u2069"


def legal_text(page: str, *, tenant: Tenant, settings: StorefrontSettings, language: str) -> str:
    """What one of LEGAL_PAGES says in a language (`ar` or `en`): plain text, paragraphs apart by an empty
    line. No query.
    """
    return getattr(settings, f"{page}_{language}") or starting_text(
        page, tenant=tenant, settings=settings, language=language
    )


def starting_text(page: str, *, tenant: Tenant, settings: StorefrontSettings, language: str) -> str:
    """What stands on a legal page until the tenant writes its own. Names the tenant and how to reach it;
    without a way to, it doesn't invite anybody to write. No query.
    """
    contact = _contact(settings, language)
    name = getattr(tenant, f"name_{language}")
    paragraphs = _template(page, tenant.kind, language).split("\n\n")
    return "\n\n".join(
        paragraph.replace("{contact}", contact).replace("{name}", name)
        for paragraph in paragraphs
        if contact or "{contact}" not in paragraph
    )


@cache
def _template(page: str, kind: str, language: str) -> str:
    stem = page if page in _SAME_FOR_ALL else f"{page}.{kind}"
    return (_TEXTS / f"{stem}.{language}.txt").read_text(encoding="utf-8").strip()


def _contact(settings: StorefrontSettings, language: str) -> str:
    ways = [spaced_phone(settings.phone), settings.email]
    return _COMMA[language].join(_ISOLATED.format(way) for way in ways if way)
