"""Models of the public schema."""

from tenants.models.audit import AuditEntry
from tenants.models.leases import LeasedModel
from tenants.models.members import TenantMember
from tenants.models.outbox import OutboxEvent
from tenants.models.plans import Plan
from tenants.models.provisioning import FleetMigration, PooledSchema, SchemaRelease
from tenants.models.tenants import Domain, Tenant
from tenants.models.users import User

__all__ = [
    "AuditEntry",
    "Domain",
    "FleetMigration",
    "LeasedModel",
    "OutboxEvent",
    "Plan",
    "PooledSchema",
    "SchemaRelease",
    "Tenant",
    "TenantMember",
    "User",
]
