"""Links as people paste them: to maps, to payment pages, to their pages on social networks."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_is_https = URLValidator(schemes=["https"])
_HANDLE = re.compile(r"@?(?P<name>[\w.-]{1,100})\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Network:
    """A social network: its name, its hosts, and the address of the page with a handle."""

    label: str | Promise
    hosts: tuple[str, ...]
    page: str


#: Networks by the names they are kept under, in the order in which they are shown.
NETWORKS = {
    "instagram": Network(_("Instagram"), ("instagram.com",), "https://www.instagram.com/{}"),
    "x": Network(_("X"), ("x.com", "twitter.com"), "https://x.com/{}"),
    "tiktok": Network(_("TikTok"), ("tiktok.com",), "https://www.tiktok.com/@{}"),
    "snapchat": Network(_("Snapchat"), ("snapchat.com",), "https://www.snapchat.com/add/{}"),
    "youtube": Network(_("YouTube"), ("youtube.com", "youtu.be"), "https://www.youtube.com/@{}"),
    "facebook": Network(
        _("Facebook"), ("facebook.com", "fb.com", "fb.me"), "https://www.facebook.com/{}"
    ),
    "linkedin": Network(
        _("LinkedIn"), ("linkedin.com", "lnkd.in"), "https://www.linkedin.com/company/{}"
    ),
}


def parse_link(text: str, *, longest: int) -> str:
    """An https address; one without a scheme (`maps.app.goo.gl/x`) gets it. Raises ValidationError for
    every other scheme, and for one that names a user: it reads as another host than it leads to.
    """
    link = text.strip()
    if "://" not in link and re.match(r"[\w-]+(\.[\w-]+)+(/|\Z)", link):
        link = f"https://{link}"
    if len(link) > longest:
        raise ValidationError(_("This address is too long."), code="too_long")
    try:
        _is_https(link)
        has_user = "@" in urlsplit(link).netloc
    except (ValidationError, ValueError) as error:
        raise _not_https() from error
    if has_user:
        raise _not_https()
    return link


def parse_social(network: str, text: str) -> str:
    """The address of a page on a network, from its address or from a handle (`@oud.house`). Raises
    ValidationError for what is no page on the network's own host.
    """
    known = NETWORKS[network]
    written = text.strip()
    handle = _HANDLE.match(written)
    if handle and handle["name"].strip(".-_") and not _is_on(known, f"//{written}"):
        return known.page.format(handle["name"])
    link = parse_link(written, longest=300)
    if not _is_on(known, link) or not urlsplit(link).path.strip("/"):
        raise ValidationError(
            _("Enter a name such as @name, or the address of your page on %(network)s."),
            code="network",
            params={"network": known.label},
        )
    return link


def _is_on(network: Network, link: str) -> bool:
    host = (urlsplit(link).hostname or "").rstrip(".")
    return any(host == own or host.endswith(f".{own}") for own in network.hosts)


def _not_https() -> ValidationError:
    return ValidationError(_("Enter an address that begins with https://."), code="https")
