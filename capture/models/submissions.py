"""What makes a submission happen once and gives it its number."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from tenants.db.models import TenantModel


class NumberCounter(TenantModel):
    """The last number given out for a kind of record. Its row is locked until the commit, so numbers
    have no gaps; take it after all other locks, for others wait.
    """

    kind = models.CharField(primary_key=True, max_length=20)
    value = models.PositiveBigIntegerField()

    class Meta(TenantModel.Meta):
        """Django's options."""

        db_table = "number_counters"

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class IdempotencyRecord(TenantModel):
    """The answer that a key was given, for whoever asks again with it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.CharField(max_length=40)
    key = models.UUIDField()
    #: SHA-256 of what was asked, in hexadecimal.
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    #: JSON text: jsonb would not keep the order of its members.
    body = models.TextField()
    location = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        """Django's options."""

        db_table = "idempotency_records"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at"], name="idempotency_records_age")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["endpoint", "key"], name="idempotency_records_once")
        ]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.key}"
