"""How somebody came: what their first page's address and its referrer say."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import parse_qsl, urlsplit

from storefront.domain.channels import DIRECT_SOURCE, NONE, NOT_SET, channel_of
from storefront.domain.sites import site_of
from storefront.models.visits import LONGEST_ADDRESS, LONGEST_PARAMETER

#: Characters of a query and of a referrer that are looked at.
LONGEST_QUERY = 8192
_LONGEST_CLICK = 255
_LONGEST_HOST = 255
_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
# Whoever has the token sees the order.
_SECRET = re.compile(r"(/track/)[^/]+")
_SCHEMES = frozenset({"http", "https", "android-app"})


@dataclass(frozen=True, slots=True)
class Click:
    """What an advertiser's or a network's mark on a link says, where nothing else does.

    `medium` is empty for those that are put on every link, paid for or not.
    """

    source: str
    medium: str = ""


#: Parameters that name one click, the paid ones first: the first that is there counts.
CLICKS = {
    "gclid": Click("google", "cpc"),
    "gbraid": Click("google", "cpc"),
    "wbraid": Click("google", "cpc"),
    "dclid": Click("google", "display"),
    "msclkid": Click("bing", "cpc"),
    "yclid": Click("yandex", "cpc"),
    "ttclid": Click("tiktok", "paid"),
    "sccid": Click("snapchat", "paid"),
    "twclid": Click("twitter", "paid"),
    "li_fat_id": Click("linkedin", "paid"),
    "rdt_cid": Click("reddit", "paid"),
    "epik": Click("pinterest"),
    "fbclid": Click("facebook"),
    "igshid": Click("instagram"),
    "igsh": Click("instagram"),
}
_KNOWN = frozenset({*_UTM, *CLICKS})


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a visit began: columns of `Visit` by name, those that are empty left out; and `campaign`, which
    tells one campaign or click from another, empty for neither.
    """

    columns: Mapping[str, str]
    campaign: str


@lru_cache(maxsize=512)
def arrival_of(*, path: str, query: str, referrer: str, host: str) -> Arrival:
    """What the first page's path and query and its referrer say; `host` is the storefront's own.

    Takes anything: what is too long is cut, what can't be shown is dropped, what isn't understood is
    not there.
    """
    sent = _parameters(query)
    utm = {name: sent[name] for name in _UTM if name in sent}
    kind = next((name for name in CLICKS if name in sent), "")
    page, sender = _referrer(referrer, host)
    source, medium = _source(utm, CLICKS.get(kind), sender)
    columns = {
        **utm,
        "landing_path": _clean(_SECRET.sub(r"\1…", path), LONGEST_ADDRESS) or "/",
        "referrer": page,
        "referrer_host": sender,
        "click_kind": kind,
        "click_id": sent.get(kind, ""),
        "source": source,
        "channel": channel_of(source, medium, utm.get("utm_campaign", "")).value,
    }
    told = {name: text for name, text in columns.items() if text}
    return Arrival(
        told, _fingerprint([*(utm.get(name, "") for name in _UTM), kind, sent.get(kind, "")])
    )


def _parameters(query: str) -> dict[str, str]:
    """The parameters that mean something here, cleaned; of a repeated one the first that isn't empty."""
    if not query:
        return {}
    found: dict[str, str] = {}
    for name, value in parse_qsl(query[:LONGEST_QUERY], errors="replace"):
        # Mail programs and messengers leave the `&amp;` of a page's source in the address.
        key = name.lower().removeprefix("amp;")
        if key in _KNOWN and key not in found:
            longest = LONGEST_PARAMETER if key in _UTM else _LONGEST_CLICK
            if text := _clean(value, longest):
                found[key] = text
    return found


def _referrer(text: str, host: str) -> tuple[str, str]:
    """Another site's page: address without query, and host. Empty for none, for nonsense and for our own.

    An address may hold a person's name and password; they are left out.
    """
    try:
        parts = urlsplit(text[:LONGEST_QUERY].strip())
        sender = _clean((parts.hostname or "").rstrip("."), _LONGEST_HOST)
    except ValueError:
        return "", ""
    if parts.scheme not in _SCHEMES or not sender or sender == host.partition(":")[0]:
        return "", ""
    return _clean(f"{parts.scheme}://{sender}{parts.path}", LONGEST_ADDRESS), sender


def _source(utm: Mapping[str, str], click: Click | None, sender: str) -> tuple[str, str]:
    """Source (in small letters) and medium: what the link is tagged with, then what the click says, then
    the referrer.
    """
    source, medium = _untagged(click, sender)
    if not utm:
        return source, medium
    tagged = utm.get("utm_source", "").lower()
    if tagged:
        source = tagged
        medium = click.medium if click and click.medium else NOT_SET
    elif source == DIRECT_SOURCE:
        source, medium = NOT_SET, NOT_SET
    return source, utm.get("utm_medium", medium)


def _untagged(click: Click | None, sender: str) -> tuple[str, str]:
    if click and (click.medium or not sender):
        return click.source, click.medium or "referral"
    if not sender:
        return DIRECT_SOURCE, NONE
    site = site_of(sender.removeprefix("www."))
    return (site.name if site else sender.removeprefix("www.")), "referral"


def _clean(text: str, longest: int) -> str:
    """One line of what can be shown, cut. NUL and half characters, which PostgreSQL keeps none of, are
    dropped, and so are marks of direction.
    """
    if text.isascii() and text.isprintable():
        return text.strip()[:longest]
    folded = " ".join(text[: 4 * longest].split())
    shown = "".join(filter(_is_shown, unicodedata.normalize("NFC", folded)))
    return shown[:longest].strip()


def _is_shown(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _fingerprint(texts: Iterable[str]) -> str:
    joined = "\n".join(texts)
    return blake2b(joined.encode(), digest_size=8).hexdigest() if joined.strip() else ""
