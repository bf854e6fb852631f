"""The way of a picture from a browser into the catalog."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from storefront.enums import MediaFault, MediaStatus
from tenants.db.access import TableAccess, tenant_rows
from tenants.models import LeasedModel


class MediaUpload(LeasedModel):
    """A picture that is to be uploaded, checked and made ready; `id` is its MediaAsset's.

    Here, and not in the tenant's schema: one question finds every tenant's waiting work. Until the file
    is said to be there (`completed_at`), the row waits for the day when it counts as abandoned.
    """

    access: ClassVar[TableAccess] = tenant_rows()
    done: ClassVar[str] = "done_at"

    id = models.UUIDField(primary_key=True, editable=False)
    filename = models.CharField(max_length=255)
    #: As it was declared: the file has to agree.
    content_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    #: A MediaFault, or empty.
    fault = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        """Django's options."""

        db_table = "media_uploads"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["tenant_id", "-created_at"], name="media_uploads_tenant"),
            models.Index(
                fields=["available_at"],
                condition=models.Q(done_at=None, dead_at=None),
                name="media_uploads_waiting",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(fault__in=["", *MediaFault.values]), name="media_uploads_fault"
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def key(self) -> str:
        """Where the file lies until it is checked, below the tenant's folder. Never served."""
        return f"{QUARANTINE}/{self.id}"

    @property
    def status(self) -> MediaStatus:
        """How far it has come."""
        if self.fault or self.dead_at:
            return MediaStatus.REJECTED
        if self.done_at:
            return MediaStatus.READY
        return MediaStatus.PROCESSING if self.completed_at else MediaStatus.PENDING

    @property
    def reason(self) -> str:
        """Why it was rejected, in the language in force; empty if it wasn't."""
        if self.status != MediaStatus.REJECTED:
            return ""
        return str(MediaFault(self.fault or MediaFault.FAILED).label)


QUARANTINE = "quarantine"
