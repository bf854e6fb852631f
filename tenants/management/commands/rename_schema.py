"""`manage.py rename_schema` is refused."""

from tenants.management.refused import Command

__all__ = ["Command"]
