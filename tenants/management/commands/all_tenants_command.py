"""`manage.py all_tenants_command` is refused."""

from tenants.management.refused import Command

__all__ = ["Command"]
