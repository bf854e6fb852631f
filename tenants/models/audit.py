"""Who did what: a log that can be added to and read, never changed."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from tenants.db.access import APPEND, OF_NO_TENANT, TableAccess, tenant_rows
from tenants.db.models import SharedModel


class AuditEntry(SharedModel):
    """One act. Append-only by the database's grants, for every role but the owner."""

    access: ClassVar[TableAccess] = tenant_rows(
        APPEND, public_reads=OF_NO_TENANT, public_adds=OF_NO_TENANT
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    #: Null: what a person did with their own account.
    tenant_id = models.UUIDField(null=True)
    actor_id = models.UUIDField(null=True)
    action = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Django's options."""

        db_table = "audit_log"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["tenant_id", "-created_at"], name="audit_log_tenant")
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.created_at:%Y-%m-%d %H:%M}"
