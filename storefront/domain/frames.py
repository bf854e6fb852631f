"""What stands around every page of a storefront: the tenant, how to reach it, what it announces."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from storefront.domain.hours import OpenDays, open_days
from storefront.domain.renditions import smallest_rendition
from storefront.validators.links import NETWORKS

if TYPE_CHECKING:
    from storefront.models import MediaAsset, StorefrontSettings

_WEB = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class SocialPage:
    """The tenant's page on a network."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the tenant has to say before all else, in the language in force, and where it leads (or
    nothing).
    """

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The settings as header and footer show them, at `now`. No query."""

    storefront: "StorefrontSettings"
    now: datetime

    @property
    def logo(self) -> "MediaAsset | None":
        """The logo, once it can be shown."""
        return ready(self.storefront.logo)

    @property
    def icon(self) -> dict[str, Any] | None:
        """The logo as small as it is kept: `url`, `width`, `height`, `content_type`."""
        return smallest_rendition(self.logo) if self.logo else None

    @property
    def cover(self) -> "MediaAsset | None":
        """The cover, once it can be shown."""
        return ready(self.storefront.cover)

    @property
    def announcement(self) -> Announcement | None:
        """What is announced now, or None. `storefront.domain.clock` knows when it ends."""
        settings = self.storefront
        text, until = settings.announcement, settings.announcement_until
        if not text or (until is not None and until <= self.now):
            return None
        return Announcement(text, web_address(settings.announcement_url))

    @property
    def address(self) -> str:
        """Where the tenant is, in the language in force if it is told in it."""
        return self.storefront.address or self.storefront.address_en or self.storefront.address_ar

    @property
    def map_url(self) -> str:
        """The place on a map, or nothing."""
        return web_address(self.storefront.map_url)

    @property
    def whatsapp_url(self) -> str:
        """Where to write by WhatsApp, or nothing."""
        number = self.storefront.whatsapp.removeprefix("+")
        return f"https://wa.me/{number}" if number else ""

    @property
    def payment_url(self) -> str:
        """Where to pay online, or nothing."""
        return web_address(self.storefront.payment_url)

    @property
    def has_payment(self) -> bool:
        """Whether anything is said of how to pay."""
        settings = self.storefront
        ways = (settings.takes_cash, settings.iban, settings.wamd, self.payment_url)
        return any(ways) or bool(settings.payment_note)

    @property
    def hours(self) -> list[OpenDays]:
        """The week's opening hours: what holds every week, so that a kept page never lies."""
        return open_days(self.storefront.opening_hours)

    @property
    def social(self) -> list[SocialPage]:
        """The tenant's pages elsewhere, in the networks' order."""
        pages = self.storefront.social
        return [
            SocialPage(str(network.label), url)
            for name, network in NETWORKS.items()
            if (url := web_address(pages.get(name, "")))
        ]

    @property
    def has_contact(self) -> bool:
        """Whether there is any way to reach the tenant."""
        settings = self.storefront
        ways = (settings.phone, settings.whatsapp, settings.email, self.address, self.map_url)
        return any(ways)


def ready(asset: "MediaAsset | None") -> "MediaAsset | None":
    """The picture if there is something to show of it."""
    return asset if asset is not None and asset.renditions else None


def web_address(text: str) -> str:
    """`text` if it is an address that a link may lead to, else nothing: no other scheme, whoever wrote
    the row.
    """
    return text if text.startswith(_WEB) else ""
