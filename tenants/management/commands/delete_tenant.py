"""`manage.py delete_tenant` is refused."""

from tenants.management.refused import Command

__all__ = ["Command"]
