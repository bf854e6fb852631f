"""Tables that tenants share, under row-level security: members, outbox, audit, and the rest."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.base import Cursor  # noqa: TID251 (a cursor that applies nothing)
from django.db.models.functions import Now
from django.db.utils import ProgrammingError
from django.utils import timezone

from notifications.models import Message
from storefront.uploads.models import MediaUpload
from tenants import scopes
from tenants.domain import audit, outbox
from tenants.domain.tenants import get_or_create_user
from tenants.enums import Role
from tenants.models import AuditEntry, Domain, OutboxEvent, Tenant, TenantMember
from tests.isolation.world import superuser

pytestmark = pytest.mark.usefixtures("mode")
ROWS = {
    TenantMember: "tenant_members",
    OutboxEvent: "outbox",
    AuditEntry: "audit_log",
    Message: "messages",
    MediaUpload: "media_uploads",
}
#: Tables without a tenant's rows.
CLOSED = [
    "users",
    "users_groups",
    "django_session",
    "django_migrations",
    "django_admin_log",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "schema_pool",
    "schema_releases",
    "fleet_migrations",
    "django_celery_beat_periodictask",
]


def run(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def denied(statement, message="permission denied"):
    with pytest.raises(ProgrammingError, match=message):
        run(statement)


@pytest.fixture
def peopled(a, b):
    """Both tenants have an event, a message and an audit entry; their owners are members."""
    for side in (a, b):
        with side.scope(), transaction.atomic():
            audit.record("test.act")
            event = outbox.enqueue("test.fact", {})
            Message.objects.create(tenant_id=side.id, event_id=event.id, recipient="x@example.com")
            MediaUpload.objects.create(
                id=uuid.uuid4(), tenant_id=side.id, size=1, expires_at=timezone.now()
            )
    return a, b


@pytest.mark.parametrize("model", ROWS)
def test_a_tenant_reads_its_own_rows_alone(peopled, model):
    for side in peopled:
        with side.scope():
            assert {row.tenant_id for row in model.objects.all()} == {side.id}
            assert run(f"SELECT DISTINCT tenant_id FROM {ROWS[model]}") == [(side.id,)]


@pytest.mark.parametrize("model", ROWS)
def test_the_others_rows_are_not_there(peopled, model):
    a, b = peopled
    with b.scope():
        theirs = model.objects.first()

    with a.scope():
        assert not model.objects.filter(pk=theirs.pk).exists()
        assert model.objects.filter(tenant_id=b.id).count() == 0
        assert run(f"SELECT count(*) FROM {ROWS[model]} WHERE tenant_id = %s", b.id) == [(0,)]


@pytest.mark.parametrize("model", [TenantMember, OutboxEvent, Message, MediaUpload])
def test_the_others_rows_cant_be_changed_or_deleted(peopled, model):
    a, b = peopled
    with b.scope():
        before = model.objects.count()

    with a.scope():
        assert model.objects.filter(tenant_id=b.id).update(created_at=Now()) == 0
        assert run(f"DELETE FROM {ROWS[model]} WHERE tenant_id = %s", b.id) == 0
    with b.scope():
        assert model.objects.count() == before


INSERTS = {
    "outbox": "INSERT INTO outbox (id, tenant_id, kind, payload, attempts, last_error)"
    " VALUES (gen_random_uuid(), '{id}', 'x', '{{}}', 0, '')",
    "audit_log": "INSERT INTO audit_log (id, tenant_id, action, detail)"
    " VALUES (gen_random_uuid(), '{id}', 'x', '{{}}')",
    "messages": "INSERT INTO messages (id, tenant_id, event_id, kind, channel, recipient, language,"
    " subject, text, html, headers, attachments, attempts, last_error)"
    " VALUES (gen_random_uuid(), '{id}', gen_random_uuid(), 'x', 'email', 'x@example.com', 'ar', '', '',"
    " '', '{{}}', '[]', 0, '')",
    "media_uploads": "INSERT INTO media_uploads (id, tenant_id, filename, content_type, size, fault,"
    " expires_at, attempts, last_error)"
    " VALUES (gen_random_uuid(), '{id}', 'x', 'image/png', 1, '', now(), 0, '')",
    "tenant_members": "INSERT INTO tenant_members (id, tenant_id, user_id, role)"
    " VALUES (gen_random_uuid(), '{id}', gen_random_uuid(), 'owner')",
}


@pytest.mark.parametrize("table", INSERTS)
def test_no_row_can_be_inserted_for_the_other(peopled, table):
    a, b = peopled
    for scope in (a.scope(), scopes.public()):
        with scope:
            denied(INSERTS[table].format(id=b.id), "violates row-level security")


@pytest.mark.parametrize("table", ["outbox", "tenant_members", "messages", "media_uploads"])
def test_no_row_can_be_moved_to_the_other(peopled, table):
    a, b = peopled
    with a.scope():
        denied(f"UPDATE {table} SET tenant_id = '{b.id}'", "violates row-level security")


def test_an_instance_with_the_others_id_is_refused(peopled):
    a, b = peopled
    with a.scope(), pytest.raises(ProgrammingError, match="row-level security"):
        OutboxEvent.objects.create(tenant_id=b.id, kind="test.forged")
    with b.scope():
        theirs = OutboxEvent.objects.first()
    with a.scope(), pytest.raises(DatabaseError):
        theirs.save(update_fields=["kind"])


def test_the_public_scope_sees_ones_own_memberships_alone(peopled):
    a, b = peopled
    with scopes.public():
        person = get_or_create_user(f"both-{uuid.uuid4().hex[:8]}@example.com")
        assert TenantMember.objects.count() == 0
    for side in (a, b):
        with side.scope():
            TenantMember.objects.create(tenant=side.tenant, user=person, role=Role.STAFF)

    with scopes.public(user_id=person.id):
        mine = list(TenantMember.objects.all())
        assert {member.user_id for member in mine} == {person.id}
        assert {member.tenant_id for member in mine} == {a.id, b.id}
        assert TenantMember.objects.update(role=Role.OWNER) == 0
        assert run("DELETE FROM tenant_members") == 0
        assert OutboxEvent.objects.count() == AuditEntry.objects.count() == 0
        assert Message.objects.count() == 0
    with a.scope():
        TenantMember.objects.filter(user=person).delete()
    with b.scope():
        TenantMember.objects.filter(user=person).delete()


def test_a_person_given_with_a_tenant_opens_no_other_tenant(peopled):
    a, b = peopled
    with b.scope():
        owner = TenantMember.objects.first()

    with scopes.tenant(a.id, user_id=owner.user_id):
        assert {row.tenant_id for row in TenantMember.objects.all()} == {a.id}


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"],
)
def test_the_audit_log_can_be_added_to_only(peopled, statement):
    a, _ = peopled
    for scope in (a.scope(), scopes.public(), scopes.platform()):
        with scope:
            denied(statement)
    with a.scope(), pytest.raises(ProgrammingError):
        AuditEntry.objects.all().delete()


def test_the_platform_sees_all_shared_rows_and_no_tenants_schema(peopled):
    a, b = peopled
    with scopes.platform():
        for model in ROWS:
            assert {a.id, b.id} <= {row.tenant_id for row in model.objects.all()}
        for side in peopled:
            denied(f'SELECT * FROM "{side.schema}".isolation_notes')
            denied(f'SELECT * FROM "{side.schema}".storefront_settings')
        denied("SELECT * FROM isolation_notes", "does not exist")


def test_the_public_scope_sees_no_tenants_schema(peopled):
    for side in peopled:
        with scopes.public():
            denied(f'SELECT * FROM "{side.schema}".isolation_notes')


@pytest.mark.parametrize("table", CLOSED)
def test_a_tenant_touches_no_table_of_the_platform(a, table):
    with a.scope():
        for statement in (
            f"SELECT count(*) FROM {table}",
            f"INSERT INTO {table} DEFAULT VALUES",
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
        ):
            denied(statement)


def test_a_tenant_finds_itself_alone_among_tenants_and_domains(a, b):
    with a.scope():
        assert [tenant.id for tenant in Tenant.objects.all()] == [a.id]
        assert {domain.tenant_id for domain in Domain.objects.all()} == {a.id}
        denied("UPDATE tenants SET slug = 'x'")
        denied(f"UPDATE domains SET tenant_id = '{a.id}'")


def test_the_public_scope_hides_the_ledger_of_migrations():
    with scopes.public():
        denied("SELECT * FROM fleet_migrations")
        denied("UPDATE django_migrations SET name = name")
        denied("INSERT INTO schema_pool (id, fingerprint) VALUES (gen_random_uuid(), 'x')")


def test_the_login_by_itself_can_read_nothing(a):
    connection.ensure_connection()
    for table in ("tenants", "users", "tenant_members", "outbox", "django_migrations"):
        with pytest.raises(Exception, match="permission denied"):
            with Cursor(connection.connection) as cursor:
                cursor.execute(f"SELECT * FROM public.{table}")
    with pytest.raises(Exception, match="permission denied"):
        with Cursor(connection.connection) as cursor:
            cursor.execute(f'SELECT * FROM "{a.schema}".isolation_notes')


def test_the_login_has_no_power_of_its_own():
    login = connection.settings_dict["USER"]
    with superuser() as server:
        flags = server.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit"
            " FROM pg_roles WHERE rolname = %s",
            [login],
        ).fetchone()
        owned = server.execute(
            "SELECT count(*) FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid"
            " WHERE rolname = %s AND deptype = 'o'",
            [login],
        ).fetchone()

    assert flags == (False,) * 6
    assert owned == (0,)


def test_the_catalog_shows_no_tenant_anothers_statements(a, b):
    with a.scope():
        seen = run("SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    assert all(b.schema not in query for (query,) in seen if query)
