"""What nobody needs any more in a tenant's storage: loose pictures, and files that no row speaks of."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.functions import Coalesce

from storefront.domain.media import delete_files, discard
from storefront.domain.processing import FOLDER
from storefront.models import MediaAsset
from storefront.queries.media import ids_in_settings
from storefront.uploads.models import QUARANTINE, MediaUpload
from tenants.gateways.storage import TenantFileStorage, incoming

#: How long a picture may belong to no item: a form may be open for a while.
LOOSE = timedelta(days=3)
#: How old a file has to be before no row speaks of it: a worker writes the files first.
STRAY = timedelta(days=1)


def sweep_tenant(*, now: datetime) -> int:
    """Delete what is too old to be waited for; how many pictures and files. In the tenant's scope."""
    return _sweep_loose(now - LOOSE) + _sweep_strays(now - STRAY)


def sweep_incoming(*, now: datetime) -> int:
    """Delete what killed web processes were receiving; how many files. On a disk only."""
    if not isinstance(default_storage, TenantFileStorage):
        return 0
    before = (now - STRAY).timestamp()
    strays = [file for file in incoming().iterdir() if file.stat().st_mtime < before]
    for file in strays:
        file.unlink(missing_ok=True)
    return len(strays)


def _sweep_loose(before: datetime) -> int:
    with transaction.atomic():
        loose = MediaAsset.objects.annotate(since=Coalesce("loose_since", "created_at")).filter(
            item=None, since__lt=before
        )
        loose = loose.exclude(id__in=ids_in_settings())
        assets = list(loose.select_for_update(skip_locked=True))
        discard(assets)
    return len(assets)


def _sweep_strays(before: datetime) -> int:
    # The files first: what a row comes to speak of meanwhile must not look like a stray.
    found = [*_files(FOLDER), *_files(QUARANTINE)]
    known = _known()
    strays = [
        name
        for name in found
        if name not in known and default_storage.get_modified_time(name) < before
    ]
    delete_files(strays)
    return len(strays)


def _files(folder: str) -> Iterator[str]:
    try:
        _, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in names)


def _known() -> set[str]:
    """The names that rows speak of. Whoever else names files in these folders belongs in here."""
    pictures = MediaAsset.objects.values_list("renditions", flat=True)
    waiting = MediaUpload.objects.filter(done_at=None, dead_at=None)
    return {one["name"] for renditions in pictures for one in renditions} | {
        upload.key for upload in waiting
    }
