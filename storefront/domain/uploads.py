"""Uploads: a picture is announced, put into quarantine by the browser, and said to be there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast
from uuid import UUID, uuid4

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from storefront.domain.media import UnknownMediaError
from storefront.models import MediaAsset
from storefront.uploads.models import QUARANTINE, MediaUpload
from tenants import scopes
from tenants.domain import audit
from tenants.gateways.policies import Policy
from tenants.gateways.queue import nudge
from tenants.gateways.rate_limits import RateLimit
from tenants.gateways.storage import TakesUploads, TenantFileStorage, UploadForm

#: What is taken.
TYPES = ("image/jpeg", "image/png", "image/webp", "image/avif", "image/heic", "image/heif")
#: Bytes of one file.
LARGEST = 25 * 1024 * 1024
#: How long a form can be posted.
LASTS = timedelta(minutes=15)
#: After that, how long a slow upload may go on before it counts as abandoned.
GRACE = timedelta(hours=1)

# Without Valkey open: those who announce are the tenant's own people.
_A_TENANT = RateLimit("uploads", amount=300, seconds=600, fails_open=True)


class UploadRefusedError(Exception):
    """The file isn't waited for: it is here already, or its picture is gone."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A file to come. `size` is bytes, from 1 to LARGEST; `content_type` one of TYPES."""

    filename: str
    content_type: str
    size: int


def count_announcement() -> None:
    """Count one picture that is announced in the tenant in force. Raises RateLimitedError."""
    _A_TENANT.hit()


def announce_upload(*, file: Announcement, actor_id: UUID, now: datetime) -> MediaUpload:
    """Write a picture that belongs to no item yet, and wait for its file."""
    upload = MediaUpload(
        id=uuid4(),
        tenant_id=scopes.current_tenant_id(),
        filename=file.filename,
        content_type=file.content_type,
        size=file.size,
        created_at=now,
        expires_at=now + LASTS,
        available_at=now + LASTS + GRACE,
    )
    with transaction.atomic():
        MediaAsset.objects.create(id=upload.id, loose_since=now, created_at=now)
        upload.save(force_insert=True)
        audit.record("media.announced", actor_id=actor_id, media=str(upload.id))
    return upload


def form_of(upload: MediaUpload, *, receiver: str) -> UploadForm:
    """The form that takes the file: the bucket's own, or with a disk ours at the address `receiver`."""
    return cast("TakesUploads", default_storage).upload_form(
        name=upload.key,
        content_type=upload.content_type,
        size=upload.size,
        lasts=LASTS,
        receiver=receiver,
    )


def owner_of(policy: Policy) -> tuple[UUID, UUID]:
    """The tenant and the picture that a policy of ours is for."""
    tenant_id, _, media_id = policy.key.split("/")
    return UUID(tenant_id), UUID(media_id)


def require_awaited(media_id: UUID) -> None:
    """Raise UploadRefusedError unless the file of this picture is still waited for."""
    if not MediaUpload.objects.filter(id=media_id, completed_at=None).exists():
        raise UploadRefusedError


def receive(media_id: UUID, file: Path) -> None:
    """Put a received file, on the storage's own disk, into quarantine. In the tenant's scope. Raises
    UploadRefusedError: the first one stays.
    """
    require_awaited(media_id)
    if not isinstance(default_storage, TenantFileStorage):
        raise UploadRefusedError
    try:
        default_storage.take_in(file, f"{QUARANTINE}/{media_id}")
    except FileExistsError as error:
        raise UploadRefusedError from error


def complete_upload(*, media_id: UUID, now: datetime) -> None:
    """The file is there: have it checked. Said again, or of a picture that is ready, it changes nothing.

    Raises UnknownMediaError.
    """
    with transaction.atomic():
        upload: MediaUpload | None = (
            MediaUpload.objects.select_for_update().filter(id=media_id).first()
        )
        if upload is None:
            if not MediaAsset.objects.filter(id=media_id).exists():
                raise UnknownMediaError
            return
        if upload.completed_at is not None:
            return
        upload.completed_at = upload.available_at = now
        upload.save(update_fields=["completed_at", "available_at"])
        transaction.on_commit(
            lambda: nudge("storefront.tasks.process_upload", str(media_id)), robust=True
        )


def upload_file(
    *, file: Announcement, content: "File[bytes]", actor_id: UUID, now: datetime
) -> UUID:
    """Take a file that came with a form of ours, by the same way as all others; its picture's id."""
    upload = announce_upload(file=file, actor_id=actor_id, now=now)
    default_storage.save(upload.key, content)
    complete_upload(media_id=upload.id, now=now)
    return upload.id
