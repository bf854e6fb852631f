"""Who belongs to which tenant, and as what."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from tenants.db.access import CURRENT_USER, TableAccess, tenant_rows
from tenants.db.models import SharedModel
from tenants.enums import Role


class TenantMember(SharedModel):
    """A person's membership of a tenant. A person may always see their own memberships."""

    access: ClassVar[TableAccess] = tenant_rows(public_reads=f"user_id = {CURRENT_USER}")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.PROTECT, db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Django's options."""

        db_table = "tenant_members"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["tenant", "user"], name="tenant_members_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="tenant_members_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} of {self.tenant_id}"
