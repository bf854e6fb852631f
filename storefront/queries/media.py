"""Reads of pictures with how far they have come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from storefront.enums import MediaStatus
from storefront.models import MediaAsset, StorefrontSettings
from storefront.uploads.models import MediaUpload


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, ready or not. One that was never uploaded (the demo's) has no `upload`."""

    asset: MediaAsset
    upload: MediaUpload | None

    @property
    def status(self) -> MediaStatus:
        """How far it has come."""
        return self.upload.status if self.upload else MediaStatus.READY

    @property
    def is_ready(self) -> bool:
        """Whether it can be shown."""
        return self.status == MediaStatus.READY

    @property
    def is_rejected(self) -> bool:
        """Whether the file was not taken."""
        return self.status == MediaStatus.REJECTED

    @property
    def reason(self) -> str:
        """Why it was not taken, in the language in force."""
        return self.upload.reason if self.upload else ""

    @property
    def renditions(self) -> list[dict[str, Any]]:
        """`url`, `width`, `height`, `content_type` of each."""
        return self.asset.urls


def picture_by_id(media_id: UUID) -> Picture | None:
    """The picture, or None. Two queries."""
    return next(iter(pictures_of(MediaAsset.objects.filter(id=media_id))), None)


def pictures_of(assets: Iterable[MediaAsset]) -> Sequence[Picture]:
    """The pictures in this order, with their uploads. One query more."""
    rows = list(assets)
    uploads = MediaUpload.objects.in_bulk([asset.id for asset in rows])
    return [Picture(asset, uploads.get(asset.id)) for asset in rows]


def ids_in_settings() -> set[UUID]:
    """The pictures that the storefront itself shows: its logo and its cover. One query."""
    rows = StorefrontSettings.objects.values_list("logo_id", "cover_id")
    return {media_id for row in rows for media_id in row if media_id}


def pictures_free_for(ids: Sequence[UUID], *, item_id: UUID | None) -> Sequence[Picture]:
    """Those of these pictures that are this item's or nobody's, in the order asked for. Two queries, a
    third where there are any.
    """
    found = {
        asset.id: asset
        for asset in MediaAsset.objects.filter(id__in=ids)
        if asset.item_id in (None, item_id)
    }
    taken = ids_in_settings() if found else set()
    found = {media_id: asset for media_id, asset in found.items() if media_id not in taken}
    return pictures_of(found[media_id] for media_id in dict.fromkeys(ids) if media_id in found)
