"""Rows that are work to do: claimed by one worker for a while, tried again, given up in the end."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from tenants.db.models import SharedModel


class LeasedModel(SharedModel):
    """A row, mostly a tenant's, that a worker has to see to (`tenants.domain.leases`).

    Waiting: the field named `done` and `dead_at` are null and `available_at` has come. A worker that
    claims the row moves `available_at` past its lease, so a killed worker's row comes back by itself.
    """

    #: The field that says when the work was done.
    done: ClassVar[str]

    #: Null: the row is a person's or the platform's, and no tenant sees it.
    tenant_id = models.UUIDField(null=True)
    available_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")
    dead_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        abstract = True
