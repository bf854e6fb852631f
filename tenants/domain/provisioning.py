"""Schemas and roles: the template, its compiled DDL, the warm pool, and claiming from it.

Everything that makes or drops runs as the owner (alias `owner`). Claiming runs as whoever signs a
tenant up, and touches two tables only.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import connection as default_connection
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

from tenants import scopes
from tenants.db.catalog import TEMPLATE, catalog_hash, compile_ddl
from tenants.domain.access import sync_public_access, tenant_statements
from tenants.domain.release import public_fingerprint, tenant_fingerprint
from tenants.models import PooledSchema, SchemaRelease

OWNER = "owner"
LOCK_TIMEOUT = "3s"
_CLAIM_TRIES = 5


class NoReleaseError(RuntimeError):
    """The database was not migrated to this release."""


class PoolExhaustedError(RuntimeError):
    """No schema could be had, not even by making one."""


def migrate_schema(schema: str, app_names: Iterable[str]) -> None:
    """Run the migrations of these apps in `schema`, on the owner's connection."""
    connection: Any = connections[OWNER]  # django-tenants' wrapper, which is untyped
    connection.set_schema(schema, include_public=False)
    try:
        executor = MigrationExecutor(connection)
        labels = {name.rsplit(".", 1)[-1] for name in app_names}
        executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] in labels])
    finally:
        connection.set_schema_to_public()


def migrate_template() -> SchemaRelease:
    """Bring the template to this release and compile it. Migrates the public schema first."""
    connection = connections[OWNER]
    migrate_schema("public", settings.SHARED_APPS)
    with transaction.atomic(using=OWNER), connection.cursor() as cursor:
        # Grants and policies lock their tables: better to fail and be run again than to queue the site.
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        known = SchemaRelease.objects.using(OWNER).filter(public_fingerprint=public_fingerprint())
        if not known.exists():
            sync_public_access(cursor)
        cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{TEMPLATE}"')
    migrate_schema(TEMPLATE, settings.TENANT_APPS)
    with transaction.atomic(using=OWNER), connection.cursor() as cursor:
        ddl = compile_ddl(cursor, TEMPLATE)
        digest = catalog_hash(cursor, TEMPLATE)
        cursor.execute("SET LOCAL search_path = public")
        release, _ = SchemaRelease.objects.using(OWNER).update_or_create(
            fingerprint=tenant_fingerprint(),
            public_fingerprint=public_fingerprint(),
            defaults={"ddl": ddl, "catalog_hash": digest},
        )
    return release


def current_release(using: str = OWNER) -> SchemaRelease:
    """The release row of this code. Raises NoReleaseError before it was migrated to."""
    release = (
        SchemaRelease.objects.using(using)
        .filter(fingerprint=tenant_fingerprint(), public_fingerprint=public_fingerprint())
        .first()
    )
    if release is None:
        message = "the database is not migrated to this release: run migrate_schemas"
        raise NoReleaseError(message)
    return release


def make_schemas(tenant_ids: list[uuid.UUID], release: SchemaRelease) -> None:
    """Make a schema and a role for each id, in the caller's transaction on the owner's alias.

    Roles come first and all at once: every GRANT of a role makes each backend's next SET ROLE pay.
    """
    with connections[OWNER].cursor() as cursor:
        for tenant_id in tenant_ids:
            _make_role(cursor, scopes.tenant_role(tenant_id))
        for tenant_id in tenant_ids:
            cursor.execute(_replay(tenant_id, release))


def _replay(tenant_id: uuid.UUID, release: SchemaRelease) -> str:
    """All that makes a schema, for its role, as one message."""
    schema, role = scopes.schema_name(tenant_id), scopes.tenant_role(tenant_id)
    grants = ";".join(tenant_statements(schema, role, is_new=True))
    ddl = release.ddl.replace(TEMPLATE, schema)
    return f"{ddl}{grants};SET LOCAL search_path = public"


def grant_schema(cursor: Any, tenant_id: uuid.UUID) -> None:
    """Give a tenant's role its schema, and nothing else in it than it should have."""
    schema, role = scopes.schema_name(tenant_id), scopes.tenant_role(tenant_id)
    cursor.execute(";".join(tenant_statements(schema, role)))


def _make_role(cursor: Any, role: str) -> None:
    login = settings.DATABASES["default"]["USER"]
    cursor.execute(
        f"CREATE ROLE {role} NOLOGIN;"
        f"GRANT {scopes.role_name('tenant')} TO {role} WITH INHERIT TRUE, SET FALSE;"
        f'GRANT {role} TO "{login}" WITH INHERIT FALSE, SET TRUE'
    )


def fill_pool(size: int) -> int:
    """Make schemas until the pool holds `size` of this release; drop stale ones. Returns how many
    were made.
    """
    release = current_release()
    with transaction.atomic(using=OWNER):
        # One filler at a time: two would overfill, and their role grants would deadlock.
        with connections[OWNER].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('souqna.fill_pool'))")
        _drop_stale()
        ready = PooledSchema.objects.using(OWNER).filter(fingerprint=release.fingerprint).count()
        new = [PooledSchema(fingerprint=release.fingerprint) for _ in range(size - ready)]
        make_schemas([pooled.id for pooled in new], release)
        PooledSchema.objects.using(OWNER).bulk_create(new)
    return len(new)


def _drop_stale() -> None:
    stale = PooledSchema.objects.using(OWNER).exclude(fingerprint=tenant_fingerprint())
    with connections[OWNER].cursor() as cursor:
        for pooled in stale.select_for_update(skip_locked=True):
            drop_schema(cursor, pooled.id)
            pooled.delete(using=OWNER)


def drop_schema(cursor: Any, tenant_id: uuid.UUID) -> None:
    """Drop a tenant's schema with all it holds, and its role."""
    cursor.execute(f'DROP SCHEMA IF EXISTS "{scopes.schema_name(tenant_id)}" CASCADE')
    cursor.execute(f"DROP ROLE IF EXISTS {scopes.tenant_role(tenant_id)}")


def claim_schema() -> uuid.UUID:
    """Take a schema out of the pool; its id is the new tenant's. In the caller's transaction, in the
    public scope. An empty pool is filled by one on the spot. Raises PoolExhaustedError.
    """
    for _ in range(_CLAIM_TRIES):
        with default_connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM schema_pool WHERE id = (SELECT id FROM schema_pool"
                " WHERE fingerprint = %s ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)"
                " RETURNING id",
                [tenant_fingerprint()],
            )
            row = cursor.fetchone()
        if row:
            return uuid.UUID(str(row[0]))
        _add_one()
    message = "the pool stayed empty: others took what was made"
    raise PoolExhaustedError(message)


def _add_one() -> None:
    release = current_release()
    pooled = PooledSchema(fingerprint=release.fingerprint)
    with transaction.atomic(using=OWNER):
        make_schemas([pooled.id], release)
        pooled.save(using=OWNER, force_insert=True)
