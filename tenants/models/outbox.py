"""The outbox: facts written in the transaction that made them true, delivered after it."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from tenants.db.access import OF_NO_TENANT, TableAccess, tenant_rows
from tenants.models.leases import LeasedModel


class OutboxEvent(LeasedModel):
    """One fact ("order.created") that is to be handled at least once, and in effect exactly once."""

    access: ClassVar[TableAccess] = tenant_rows(public_reads=OF_NO_TENANT, public_adds=OF_NO_TENANT)
    done: ClassVar[str] = "delivered_at"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        db_table = "outbox"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["tenant_id", "-created_at"], name="outbox_tenant"),
            models.Index(
                fields=["available_at"],
                condition=models.Q(delivered_at=None, dead_at=None),
                name="outbox_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
