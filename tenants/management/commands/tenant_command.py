"""`manage.py tenant_command` is refused."""

from tenants.management.refused import Command

__all__ = ["Command"]
