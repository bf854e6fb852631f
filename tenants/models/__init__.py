"""Models of the public schema."""

from tenants.models.abuse import AbuseReport
from tenants.models.audit import AuditEntry
from tenants.models.identity import ExternalIdentity, Login, OneTimeCode, SigningKey
from tenants.models.invitations import Invitation
from tenants.models.leases import LeasedModel
from tenants.models.members import TenantMember
from tenants.models.outbox import OutboxEvent
from tenants.models.plans import Plan
from tenants.models.provisioning import FleetMigration, PooledSchema, SchemaRelease
from tenants.models.tenants import Domain, Tenant
from tenants.models.users import User

__all__ = [
    "AbuseReport",
    "AuditEntry",
    "Domain",
    "ExternalIdentity",
    "FleetMigration",
    "Invitation",
    "LeasedModel",
    "Login",
    "OneTimeCode",
    "OutboxEvent",
    "Plan",
    "PooledSchema",
    "SchemaRelease",
    "SigningKey",
    "Tenant",
    "TenantMember",
    "User",
]
