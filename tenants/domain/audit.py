"""The audit log: one entry an act, in the act's own transaction."""

from typing import Any
from uuid import UUID

from tenants import scopes
from tenants.models import AuditEntry


def record_of_person(action: str, *, actor_id: UUID | None, **detail: Any) -> AuditEntry:
    """Write down what a person did with their own account. In the public scope; operators read it."""
    return AuditEntry.objects.create(
        tenant_id=None, actor_id=actor_id, action=action, detail=detail
    )


def record(action: str, *, actor_id: UUID | None = None, **detail: Any) -> AuditEntry:
    """Write down an act in the tenant in force. `detail` is JSON."""
    return AuditEntry.objects.create(
        tenant_id=scopes.current_tenant_id(), actor_id=actor_id, action=action, detail=detail
    )
