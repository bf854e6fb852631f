"""`manage.py create_missing_schemas` is refused."""

from tenants.management.refused import Command

__all__ = ["Command"]
