"""From an uploaded file to renditions that can be shown: once, however often a worker is killed.

A worker claims the upload for `MEDIA_LEASE` seconds. Nothing that it does before the last transaction
can be seen, and doing it again comes to the same: renditions are named by what is in them.
"""

import hashlib
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from storefront.domain.media import delete_files, discard
from storefront.domain.pages import pages_changed
from storefront.enums import MediaFault
from storefront.gateways.pictures import Developed, PictureFaultError, develop
from storefront.models import MediaAsset
from storefront.queries.media import ids_in_settings
from storefront.uploads.models import MediaUpload
from tenants.domain import leases
from tenants.domain.leases import Claim

#: Where renditions lie, below the tenant's folder.
FOLDER = "media"
_log = structlog.get_logger(__name__)


def claim(upload_id: UUID | None = None) -> Claim | None:
    """Claim the upload that waits longest (or this one). Runs in the platform's scope."""
    return leases.claim(MediaUpload, upload_id, terms=_terms())


def process(claim: Claim) -> None:
    """See to a claimed upload, in its tenant's scope: make the renditions, or write down why there are
    none; one whose file was never said to be there is abandoned.

    A failure of ours is recorded and tried again later, or given up for dead. It is never raised.
    """
    upload = leases.held(MediaUpload, claim).first()
    if upload is None:
        return
    try:
        if upload.completed_at is None:
            _abandon(claim)
        else:
            _make(upload, claim)
    except Exception as error:  # noqa: BLE001 (whatever failed is the upload's, to be tried again)
        _log.exception("upload_not_processed", upload_id=str(claim.row_id))
        leases.record_failure(MediaUpload, claim, error, terms=_terms())


def _make(upload: MediaUpload, claim: Claim) -> None:
    with TemporaryDirectory(prefix="souqna-picture-") as folder:
        try:
            file = _fetched(upload, Path(folder) / "original")
            made = develop(file, upload.content_type, Path(folder))
        except PictureFaultError as error:
            written, is_ours = [], _finish(claim, [], fault=error.fault)
        else:
            written = [_stored(upload.id, one) for one in made]
            is_ours = _finish(claim, written)
    if not is_ours:
        _forget(claim, written)
        return
    default_storage.delete(upload.key)


def _fetched(upload: MediaUpload, target: Path) -> Path:
    """The file out of quarantine: what is checked is what is developed, whatever is posted meanwhile."""
    try:
        size = default_storage.size(upload.key)
        if size != upload.size:
            raise PictureFaultError(MediaFault.SIZE)
        with default_storage.open(upload.key) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    except FileNotFoundError as error:
        raise PictureFaultError(MediaFault.MISSING) from error
    return target


def _stored(media_id: UUID, made: Developed) -> dict[str, Any]:
    """The rendition as the row has it, its file put into the storage. The picture's id is part of what
    names the file: two pictures never share one, so one can be deleted without asking about others.
    """
    content = made.file.read_bytes()
    digest = hashlib.sha256(media_id.bytes + content).hexdigest()[:40]
    name = f"{FOLDER}/{digest}-{made.width}{made.file.suffix}"
    if not default_storage.exists(name):
        with made.file.open("rb") as stream:
            default_storage.save(name, File(stream))
    return {
        "name": name,
        "width": made.width,
        "height": made.height,
        "content_type": made.content_type,
    }


def _finish(claim: Claim, renditions: list[dict[str, Any]], *, fault: str = "") -> bool:
    """Write the outcome; False if the picture was deleted or claimed by another worker meanwhile."""
    with transaction.atomic():
        # First the picture, then its upload, as in deleting.
        asset = MediaAsset.objects.select_for_update().filter(id=claim.row_id).first()
        upload = leases.held(MediaUpload, claim).select_for_update().first()
        if asset is None or upload is None:
            return False
        asset.renditions = renditions
        asset.save(update_fields=["renditions"])
        upload.done_at, upload.fault = timezone.now(), fault
        upload.save(update_fields=["done_at", "fault"])
        # Locked: who shows it meanwhile waits, and announces that.
        if asset.item_id or asset.id in ids_in_settings():
            pages_changed()
    return True


def _forget(claim: Claim, written: list[dict[str, Any]]) -> None:
    """Delete what was stored for a picture that is no more. If it is another worker's now, the files are
    that one's as well.
    """
    if not MediaAsset.objects.filter(id=claim.row_id).exists():
        delete_files(one["name"] for one in written)


def _abandon(claim: Claim) -> None:
    with transaction.atomic():
        asset = MediaAsset.objects.select_for_update().filter(id=claim.row_id).first()
        upload = leases.held(MediaUpload, claim).select_for_update().first()
        # Somebody may have said just now that the file is there.
        if upload is None or upload.completed_at is not None:
            return
        discard([asset] if asset else [])
        upload.delete()


def _terms() -> leases.Terms:
    return leases.Terms(
        lease=settings.MEDIA_LEASE,
        attempts=settings.MEDIA_MAX_ATTEMPTS,
        backoff=settings.MEDIA_BACKOFF,
    )
