"""Pictures: which item shows them, and in what order."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from storefront.models import CatalogItem, MediaAsset


class UnknownMediaError(Exception):
    """A picture that isn't here, or that another item shows."""


def arrange_media(*, item: CatalogItem, media: Sequence[UUID]) -> None:
    """Show exactly these pictures with `item`, in this order; others of it become nobody's.

    Raises UnknownMediaError.
    """
    with transaction.atomic():
        free = Q(item=None) | Q(item=item)
        found = MediaAsset.objects.select_for_update().filter(free, id__in=media).order_by("id")
        assets = {asset.id: asset for asset in found}
        if set(assets) != set(media):
            raise UnknownMediaError
        MediaAsset.objects.filter(item=item).exclude(id__in=media).update(item=None)
        for position, media_id in enumerate(dict.fromkeys(media)):
            asset = assets[media_id]
            asset.item, asset.position = item, position
        MediaAsset.objects.bulk_update(assets.values(), ["item", "position"])
