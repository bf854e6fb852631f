"""The catalog as it is holds no fault; with one put in, the checker names it."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from django.db.models import ForeignKey, Manager

from tenants import scopes
from tenants.db.models import ScopedQuerySet, SharedModel, TenantModel
from tests.isolation.checker import faults
from tests.isolation.world import superuser


class UndoneError(Exception):
    """Rolls back what a test did to the catalog."""


def found(*statements):
    """The faults after these statements, which are then undone."""
    owner = connections["owner"]
    login = settings.DATABASES["default"]["USER"]
    result = []
    with pytest.raises(UndoneError), transaction.atomic(using="owner"), owner.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        result += faults(cursor, login=login)
        raise UndoneError
    return result


def test_the_catalog_is_without_fault(seeded):
    assert found() == []


def table(*more):
    return ("CREATE TABLE public.forgotten (id int PRIMARY KEY, tenant_id uuid NOT NULL)", *more)


PROTECTED = (
    "ALTER TABLE forgotten ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE forgotten FORCE ROW LEVEL SECURITY",
)


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (table(), "forgotten: row-level security is off"),
        (table(), "forgotten: row-level security isn't forced"),
        (table(), "forgotten: no index leads with tenant_id"),
        (table(), "forgotten: no policy tenant_rows"),
        (table(*PROTECTED), "forgotten: no policy platform_rows"),
        (
            table(*PROTECTED, "CREATE POLICY tenant_rows ON forgotten USING (true)"),
            "forgotten: tenant_rows allows true",
        ),
        (
            table(*PROTECTED, "CREATE POLICY open ON forgotten USING (true)"),
            "forgotten: open opens all rows to ['-']",
        ),
        (
            ("CREATE POLICY open ON audit_log FOR INSERT WITH CHECK (true)",),
            "audit_log: open opens",
        ),
        (
            ("DROP POLICY public_adds ON outbox",)
            + ("CREATE POLICY public_adds ON outbox FOR INSERT WITH CHECK (tenant_id IS NULL)",),
            "outbox: public_adds is for ['-']",
        ),
        (("ALTER TABLE outbox NO FORCE ROW LEVEL SECURITY",), "outbox: row-level security isn't"),
        (("ALTER TABLE invitations NO FORCE ROW LEVEL SECURITY",), "invitations: row-level sec"),
        (("DROP POLICY tenant_rows ON invitations",), "invitations: no policy tenant_rows"),
        (("ALTER TABLE tenant_members DISABLE ROW LEVEL SECURITY",), "tenant_members: row-level"),
        (("DROP POLICY owner_rows ON audit_log",), "audit_log: no policy owner_rows"),
        (("DROP INDEX outbox_tenant",), "outbox: no index leads with tenant_id"),
        (("ALTER TABLE users ENABLE ROW LEVEL SECURITY",), "lacks a rule: users"),
        (('GRANT SELECT ON "{a}".isolation_notes TO PUBLIC',), "granted to somebody else: {a}.iso"),
        (('GRANT SELECT ON "{a}".isolation_notes TO {b_role}',), "to {b_role}"),
        (('GRANT SELECT ON "{a}".isolation_notes TO {group}',), "to {group}"),
        (('GRANT USAGE ON SCHEMA "{a}" TO {b_role}',), "schema is granted to somebody else: {a}"),
        (('GRANT CREATE ON SCHEMA "{a}" TO {a_role}',), "to {a_role}: CREATE"),
        (("CREATE TABLE public.storefront_settings (id int)",), "in public: storefront_settings"),
        (
            (
                'CREATE TABLE "{a}".far (id int REFERENCES "{b}".isolation_notes)',
                'CREATE TABLE "{a}".up (id uuid REFERENCES public.users)',
            ),
            "leads into one: up_id_fkey",
        ),
        (
            ("CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",),
            "owner's rights: f",
        ),
        (("GRANT USAGE ON SCHEMA public TO PUBLIC",), "PUBLIC may use the schema public"),
        (("GRANT SELECT ON django_migrations TO {group}",), "closed table: django_migrations"),
        (("GRANT SELECT ON logins TO {group}",), "closed table: logins"),
        (("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",), "future objects"),
        (("ALTER ROLE {a_role} LOGIN",), "can log in: {a_role}"),
        (('GRANT {a_role} TO "{login}" WITH INHERIT TRUE',), "inherits a role"),
        (('GRANT {group} TO "{login}" WITH INHERIT FALSE',), "inherits a role"),
        (("GRANT {b_role} TO {a_role}",), "more than the group: {a_role} of {b_role}"),
        (('DROP SCHEMA "{a}" CASCADE',), "no role or a role no schema: {a_role}"),
    ],
)
def test_a_fault_put_in_is_named(a, b, statements, fault):
    names = {
        "a": a.schema,
        "b": b.schema,
        "a_role": a.role,
        "b_role": b.role,
        "group": scopes.role_name("tenant"),
        "login": settings.DATABASES["default"]["USER"],
    }
    named = found(*(statement.format(**names) for statement in statements))

    assert any(fault.format(**names) in line for line in named), named


def test_the_owner_is_no_superuser_either(seeded):
    with superuser() as server:
        flags = server.execute(
            "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s",
            [settings.DATABASES["owner"]["USER"]],
        ).fetchone()

    assert flags == (False, False)


def concrete(base):
    return [model for model in apps.get_models() if issubclass(model, base)]


def test_there_are_models_to_check(seeded):
    assert len(concrete(TenantModel)) >= 1
    assert len(concrete(SharedModel)) >= 3


def test_every_model_of_a_tenants_schema_is_guarded(seeded):
    models = [
        model
        for config in apps.get_app_configs()
        if config.name in settings.TENANT_APPS
        for model in config.get_models()
    ]

    assert [model for model in models if not issubclass(model, TenantModel)] == []


@pytest.mark.parametrize("manager", ["_default_manager", "_base_manager"])
def test_every_guarded_model_has_guarded_managers(seeded, manager):
    with scopes.nowhere():
        unguarded = [
            model
            for model in concrete(TenantModel)
            if not isinstance(getattr(model, manager).all(), ScopedQuerySet)
        ]

    assert unguarded == []


def test_every_guarded_models_other_managers_are_guarded_as_well(seeded):
    assert [
        (model, manager.name)
        for model in concrete(TenantModel) + concrete(SharedModel)
        for manager in model._meta.managers
        if not isinstance(manager.all(), ScopedQuerySet)
    ] == []


def test_the_check_of_managers_can_fail(seeded):
    class Careless(TenantModel):
        plain = Manager()

        class Meta(TenantModel.Meta):
            app_label = "isolation"
            managed = False
            base_manager_name = default_manager_name = "plain"

    try:
        for manager in (Careless._base_manager, Careless._default_manager):
            assert not isinstance(manager.all(), ScopedQuerySet)
    finally:
        del apps.all_models["isolation"]["careless"]
        apps.clear_cache()


def test_no_relation_leaves_a_tenants_apps(seeded):
    def outside(field):
        target = field.remote_field.model
        return isinstance(target, type) and not issubclass(target, TenantModel)

    assert [
        field
        for model in concrete(TenantModel)
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and outside(field)
    ] == []


def test_no_relation_leads_into_a_tenants_apps(seeded):
    def inside(field):
        target = field.remote_field.model
        return isinstance(target, type) and issubclass(target, TenantModel)

    shared = [
        model
        for model in apps.get_models(include_auto_created=True)
        if not issubclass(model, TenantModel) and not model._meta.auto_created
    ]

    assert [
        field
        for model in shared
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey) and inside(field)
    ] == []
