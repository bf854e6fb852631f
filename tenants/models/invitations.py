"""Invitations to become a member of a tenant."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower, Now

from tenants.db.access import TableAccess, tenant_rows
from tenants.db.models import SharedModel
from tenants.enums import Role


class Invitation(SharedModel):
    """One address, asked into one tenant in one role. Open until accepted, revoked or expired."""

    access: ClassVar[TableAccess] = tenant_rows()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.PROTECT, db_index=False)
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role.choices)
    #: SHA-256 of the link's token, in hexadecimal. Sending again makes a new one.
    token_hash = models.CharField(max_length=64)
    invited_by_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by_id = models.UUIDField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        db_table = "invitations"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                "tenant",
                Lower("email"),
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitations_open_once",
            ),
            models.UniqueConstraint(fields=["tenant", "token_hash"], name="invitations_token"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="invitations_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"

    def is_open(self, now: datetime) -> bool:
        """Whether its link still works."""
        return self.accepted_at is None and self.revoked_at is None and not self.is_expired(now)

    def is_expired(self, now: datetime) -> bool:
        """Whether its link has grown too old."""
        return self.expires_at <= now
