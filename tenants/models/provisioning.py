"""What the platform knows of schemas: releases compiled, schemas in stock, migrations run."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from tenants.db.access import TableAccess


class SchemaRelease(models.Model):
    """The tenants' schema at one fingerprint: the DDL that makes one, compiled from the template."""

    access: ClassVar[TableAccess] = TableAccess(
        public="SELECT", platform="SELECT", tenant_column=None
    )

    # Two releases run side by side during a deployment, and may differ in either.
    fingerprint = models.CharField(max_length=64)
    public_fingerprint = models.CharField(max_length=64)
    ddl = models.TextField()
    catalog_hash = models.CharField(max_length=64)
    compiled_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Django's options."""

        db_table = "schema_releases"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["fingerprint", "public_fingerprint"], name="schema_releases_once"
            )
        ]

    def __str__(self) -> str:
        return self.fingerprint


class PooledSchema(models.Model):
    """A schema with its role, ready to become a tenant's. Claiming it deletes the row."""

    access: ClassVar[TableAccess] = TableAccess(public="SELECT, UPDATE, DELETE")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Django's options."""

        db_table = "schema_pool"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["fingerprint", "created_at"], name="schema_pool_ready")
        ]

    def __str__(self) -> str:
        return str(self.id)


class FleetMigration(models.Model):
    """The ledger of fleet migrations: one row a schema and fingerprint, the newest attempt."""

    access: ClassVar[TableAccess] = TableAccess(platform="SELECT")

    class Status(models.TextChoices):
        """How the attempt ended."""

        DONE = "done"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    schema_name = models.CharField(max_length=63)
    fingerprint = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status.choices)
    error = models.TextField(blank=True, default="")
    seconds = models.FloatField(default=0)
    finished_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Django's options."""

        db_table = "fleet_migrations"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["schema_name", "fingerprint"], name="fleet_migrations_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.schema_name} {self.status}"
