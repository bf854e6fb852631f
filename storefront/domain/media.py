"""Pictures: which item shows them, in what order and with what words; and their end."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from storefront.domain.pages import pages_changed
from storefront.models import CatalogItem, MediaAsset, StorefrontSettings
from storefront.queries.media import ids_in_settings
from storefront.uploads.models import QUARANTINE, MediaUpload
from tenants.domain import audit

#: Pictures of one item.
MOST_PICTURES = 20
#: Characters of what a picture is said to show.
LONGEST_ALT = 200


class UnknownMediaError(Exception):
    """A picture that isn't here, or that is shown elsewhere: by another item, as logo or cover."""


def arrange_media(*, item: CatalogItem, media: Sequence[UUID], now: datetime) -> None:
    """Show exactly these pictures with `item`, in this order; others of it become nobody's, and are
    swept some days later.

    Raises UnknownMediaError.
    """
    with transaction.atomic():
        free = Q(item=None) | Q(item=item)
        found = MediaAsset.objects.select_for_update().filter(free, id__in=media).order_by("id")
        assets = {asset.id: asset for asset in found}
        if set(assets) != set(media) or ids_in_settings() & set(media):
            raise UnknownMediaError
        others = MediaAsset.objects.filter(item=item).exclude(id__in=media)
        dropped = others.update(item=None, loose_since=now)
        ordered = [assets[media_id] for media_id in dict.fromkeys(media)]
        moved = [one for place, one in enumerate(ordered) if _put(one, item, place)]
        if dropped or moved:
            MediaAsset.objects.bulk_update(moved, ["item", "position", "loose_since"])
            pages_changed()


def _put(asset: MediaAsset, item: CatalogItem, position: int) -> bool:
    """Have the picture be shown there, unsaved; whether it wasn't before."""
    before = (asset.item_id, asset.position, asset.loose_since)
    asset.item, asset.position, asset.loose_since = item, position, None
    return before != (item.id, position, None)


def describe_media(*, media_id: UUID, alt_ar: str | None = None, alt_en: str | None = None) -> None:
    """Write what a picture shows, in the languages given. Raises UnknownMediaError."""
    words = {"alt_ar": alt_ar, "alt_en": alt_en}
    said = {name: text for name, text in words.items() if text is not None}
    found = MediaAsset.objects.filter(id=media_id)
    with transaction.atomic():
        if not (found.update(**said) if said else found.exists()):
            raise UnknownMediaError
        if said:
            pages_changed()


def delete_media(*, media_id: UUID, actor_id: UUID) -> None:
    """Delete a picture with its files. Raises UnknownMediaError, for the logo and the cover as well:
    those go by the settings.
    """
    with transaction.atomic():
        # Before the picture, as `update_storefront` does: the row may speak of it.
        StorefrontSettings.objects.select_for_update().first()
        asset = MediaAsset.objects.select_for_update().filter(id=media_id).first()
        if asset is None or media_id in ids_in_settings():
            raise UnknownMediaError
        audit.record("media.deleted", actor_id=actor_id, media=str(media_id))
        discard([asset])


def discard(assets: Iterable[MediaAsset]) -> None:
    """Delete locked rows, and after the commit their files. In a transaction; a process that is killed
    in between leaves the files to the sweep.
    """
    rows = list(assets)
    ids = [asset.id for asset in rows]
    names = [one["name"] for asset in rows for one in asset.renditions]
    names += [f"{QUARANTINE}/{media_id}" for media_id in ids]
    MediaUpload.objects.filter(id__in=ids).delete()
    MediaAsset.objects.filter(id__in=ids).delete()
    if any(asset.item_id for asset in rows):
        pages_changed()
    transaction.on_commit(lambda: delete_files(names), robust=True)


def delete_files(names: Iterable[str]) -> None:
    """Delete files of the tenant in force; those that are gone already are no error."""
    for name in names:
        default_storage.delete(name)
