"""Roles, grants and row-level security: the rules of `tenants.db.access` as SQL.

All of it can be run again and again: each statement list ends where the rules say, whatever it finds.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

from tenants import scopes
from tenants.db.access import CURRENT_TENANT, THIRD_PARTY, TableAccess
from tenants.db.models import TenantModel


class UnlistedTableError(RuntimeError):
    """A table has no access rule."""


def sync_public_access(cursor: Any) -> None:
    """Grant and forbid on the public schema, as the owner, in the caller's transaction."""
    for statement in public_statements():
        cursor.execute(statement)


def public_statements() -> list[str]:
    """Every statement that brings the public schema's access rules about."""
    group, public, platform = map(scopes.role_name, ("tenant", "public", "platform"))
    statements = [
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {group}, {public}, {platform}",
    ]
    for table, access in sorted(public_tables().items()):
        statements.append(f'REVOKE ALL ON "{table}" FROM PUBLIC, {group}, {public}, {platform}')
        for role, privileges in (
            (group, access.tenant),
            (public, access.public),
            (platform, access.platform),
        ):
            if privileges:
                statements.append(f'GRANT {privileges} ON "{table}" TO {role}')
        if access.tenant_column:
            statements += _row_level_security(table, access)
    return statements


_OF_PUBLIC = ("public_reads", "public_adds", "public_writes")


def _row_level_security(table: str, access: TableAccess) -> Iterator[str]:
    public, platform = scopes.role_name("public"), scopes.role_name("platform")
    own = f"{access.tenant_column} = {CURRENT_TENANT}"
    yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
    yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
    policies = {
        "tenant_rows": f"USING ({own}) WITH CHECK ({own})",
        "platform_rows": f"TO {platform} USING (true) WITH CHECK (true)",
        "owner_rows": "TO CURRENT_USER USING (true) WITH CHECK (true)",
    }
    if access.public_reads:
        policies["public_reads"] = f"FOR SELECT TO {public} USING ({access.public_reads})"
    if access.public_adds:
        policies["public_adds"] = f"FOR INSERT TO {public} WITH CHECK ({access.public_adds})"
    if access.public_writes:
        policies["public_writes"] = f"TO {public} USING (true) WITH CHECK (true)"
    for name in ("tenant_rows", "platform_rows", "owner_rows", *_OF_PUBLIC):
        yield f'DROP POLICY IF EXISTS {name} ON "{table}"'
    for name, rule in policies.items():
        yield f'CREATE POLICY {name} ON "{table}" {rule}'


def public_tables() -> dict[str, TableAccess]:
    """The access rule of each table of the public schema. Raises UnlistedTableError."""
    rules = {"django_migrations": THIRD_PARTY["django_migrations"]}
    for model in _models_of(settings.SHARED_APPS):
        table = model._meta.db_table
        rule = getattr(model, "access", None) or THIRD_PARTY.get(table)
        if rule is None:
            message = f"{table} has no access rule: give its model one (tenants.db.access)"
            raise UnlistedTableError(message)
        rules[table] = rule
    return rules


def tenant_statements(schema: str, role: str, *, is_new: bool = False) -> list[str]:
    """Every statement that gives a tenant's role its own schema, and nobody else anything.

    A new role holds nothing that would have to be revoked first.
    """
    tables: dict[str, list[str]] = {}
    for model in _models_of(settings.TENANT_APPS):
        tables.setdefault(_privileges(model), []).append(f'"{schema}"."{model._meta.db_table}"')
    revoked = ", ".join(chain.from_iterable(tables.values()))
    return [
        f'GRANT USAGE ON SCHEMA "{schema}" TO {role}',
        *([] if is_new else [f"REVOKE ALL ON {revoked} FROM {role}"]),
        *(f"GRANT {one} ON {', '.join(names)} TO {role}" for one, names in tables.items()),
    ]


def _privileges(model: type[models.Model]) -> str:
    if issubclass(model, TenantModel):
        return model.privileges
    return TenantModel.privileges  # the join table of a many-to-many field


def _models_of(app_names: list[str]) -> Iterator[type[models.Model]]:
    for app_name in app_names:
        config = apps.get_app_config(app_name.rsplit(".", 1)[-1])
        for model in config.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:
                yield model
