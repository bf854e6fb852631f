"""`manage.py delete_domain` is refused."""

from tenants.management.refused import Command

__all__ = ["Command"]
