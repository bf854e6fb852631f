"""The router that keeps rows of two tenants from being tied to each other."""

from typing import Any

from django.db import models

from tenants.db.models import TenantModel


class ScopeRouter:
    """Django asks it before anything is written or assigned through a relation: `add()`, `set()`,
    `clear()` and the like, also of a many-to-many field, whose table has no model of ours.

    It chooses no alias; it raises WrongScopeError for a row of another tenant.
    """

    def db_for_read(self, model: type[models.Model], **hints: Any) -> None:
        """Check the instance whose relation is read."""
        _check(hints.get("instance"))

    def db_for_write(self, model: type[models.Model], **hints: Any) -> None:
        """Check the instance whose relation is written."""
        _check(hints.get("instance"))

    def allow_relation(self, obj1: models.Model, obj2: models.Model, **hints: Any) -> None:
        """Check both ends."""
        _check(obj1)
        _check(obj2)


def _check(instance: object) -> None:
    if isinstance(instance, TenantModel):
        instance.check_stamp()
