"""Which rendition of a picture is for programs that can't choose."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storefront.models import MediaAsset

#: Widest picture that is shared: messengers drop what is over 300 kB, and a wider WebP may be.
WIDEST_SHARED = 1000
#: Neither messengers nor phones' home screens know AVIF.
_KNOWN = ("image/jpeg", "image/png", "image/webp")


def shared_rendition(asset: "MediaAsset") -> dict[str, Any] | None:
    """What messengers can show and load: the widest up to `WIDEST_SHARED`. None if there is nothing."""
    known = _known(asset)
    small = [one for one in known if one["width"] <= WIDEST_SHARED]
    return max(small, key=_width) if small else _smallest(known)


def smallest_rendition(asset: "MediaAsset") -> dict[str, Any] | None:
    """The smallest, as for an icon. None if there is nothing."""
    return _smallest(_known(asset))


def _smallest(renditions: list[dict[str, Any]]) -> dict[str, Any] | None:
    return min(renditions, key=_width) if renditions else None


def _known(asset: "MediaAsset") -> list[dict[str, Any]]:
    return [one for one in asset.urls if one["content_type"] in _KNOWN]


def _width(rendition: Mapping[str, Any]) -> int:
    return int(rendition["width"])
