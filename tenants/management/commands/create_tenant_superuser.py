"""`manage.py create_tenant_superuser` is refused."""

from tenants.management.refused import Command

__all__ = ["Command"]
