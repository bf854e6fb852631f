"""Tables that tenants share, under row-level security: members, invitations, outbox, audit, the rest."""

import uuid
from datetime import timedelta

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
from tenants.models import AuditEntry, Domain, Invitation, OutboxEvent, Tenant, TenantMember
from tests.isolation.world import superuser

pytestmark = pytest.mark.usefixtures("mode")
ROWS = {
    TenantMember: "tenant_members",
    Invitation: "invitations",
    OutboxEvent: "outbox",
    AuditEntry: "audit_log",
    Message: "messages",
    MediaUpload: "media_uploads",
}
#: Tables without a tenant's rows.
CLOSED = [
    "users",
    "users_groups",
    "logins",
    "one_time_codes",
    "signing_keys",
    "external_identities",
    "account_emailaddress",
    "mfa_authenticator",
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
    """Both tenants have an event, a message, an invitation, an audit entry, and a member: their owner."""
    for side in (a, b):
        with side.scope(), transaction.atomic():
            audit.record("test.act")
            event = outbox.enqueue("test.fact", {})
            Message.objects.create(tenant_id=side.id, event_id=event.id, recipient="x@example.com")
            Invitation.objects.create(
                tenant_id=side.id,
                email=f"{uuid.uuid4().hex[:12]}@example.com",
                role=Role.STAFF,
                token_hash=uuid.uuid4().hex,
                sent_at=timezone.now(),
                expires_at=timezone.now() + timedelta(days=7),
            )
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


@pytest.mark.parametrize("model", [TenantMember, Invitation, OutboxEvent, Message, MediaUpload])
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
    "invitations": "INSERT INTO invitations (id, tenant_id, email, role, token_hash, sent_at, expires_at)"
    " VALUES (gen_random_uuid(), '{id}', 'x@example.com', 'owner', 'x', now(), now())",
}


@pytest.mark.parametrize("table", INSERTS)
def test_no_row_can_be_inserted_for_the_other(peopled, table):
    a, b = peopled
    for scope in (a.scope(), scopes.public()):
        with scope:
            denied(INSERTS[table].format(id=b.id), "violates row-level security")


@pytest.mark.parametrize(
    "table", ["outbox", "tenant_members", "invitations", "messages", "media_uploads"]
)
def test_no_row_can_be_moved_to_the_other(peopled, table):
    a, b = peopled
    with a.scope():
        denied(f"UPDATE {table} SET tenant_id = '{b.id}'", "violates row-level security")


#: Tables with rows that are no tenant's but a person's: a code that was sent, what they did.
OF_NOBODY = {"outbox": OutboxEvent, "audit_log": AuditEntry, "messages": Message}


@pytest.fixture
def of_nobody(peopled):
    """A row of no tenant in each of `OF_NOBODY`, by table; whoever did it, the public scope."""
    with scopes.public(), transaction.atomic():
        rows = {
            "outbox": outbox.enqueue_for_person("test.fact", {}),
            "audit_log": audit.record_of_person("test.act", actor_id=uuid.uuid4()),
        }
    with scopes.platform():
        rows["messages"] = Message.objects.create(
            tenant_id=None, event_id=rows["outbox"].id, recipient="x@example.com"
        )
    yield rows
    with scopes.platform():
        OutboxEvent.objects.filter(id=rows["outbox"].id).delete()
        Message.objects.filter(id=rows["messages"].id).delete()


@pytest.mark.parametrize("table", OF_NOBODY)
def test_a_tenant_reads_no_row_of_no_tenant(peopled, of_nobody, table):
    for side in peopled:
        with side.scope():
            assert OF_NOBODY[table].objects.filter(tenant_id=None).count() == 0
            assert not OF_NOBODY[table].objects.filter(pk=of_nobody[table].pk).exists()
            assert run(f"SELECT count(*) FROM {table} WHERE tenant_id IS NULL") == [(0,)]


@pytest.mark.parametrize("table", OF_NOBODY)
def test_a_tenant_writes_no_row_of_no_tenant(a, of_nobody, table):
    with a.scope():
        denied(INSERTS[table].replace("'{id}'", "NULL").format(), "violates row-level security")
        if table == "audit_log":
            denied("UPDATE audit_log SET tenant_id = NULL")
            denied("DELETE FROM audit_log WHERE tenant_id IS NULL")
        else:
            denied(f"UPDATE {table} SET tenant_id = NULL", "violates row-level security")
            assert run(f"DELETE FROM {table} WHERE tenant_id IS NULL") == 0
            assert run(f"UPDATE {table} SET created_at = now() WHERE tenant_id IS NULL") == 0
    with scopes.platform():
        assert OF_NOBODY[table].objects.filter(pk=of_nobody[table].pk).exists()


@pytest.mark.parametrize("table", ["tenant_members", "invitations"])
def test_no_membership_or_invitation_is_of_no_tenant(a, table):
    for scope in (a.scope(), scopes.public()):
        with scope, pytest.raises(DatabaseError):
            run(INSERTS[table].replace("'{id}'", "NULL").format())


def test_the_public_scope_adds_rows_of_no_tenant_alone(a, of_nobody):
    """Events and acts of a person's own; no messages: those a worker writes."""
    with scopes.public():
        for table in ("outbox", "audit_log"):
            assert run(f"SELECT count(*) FROM {table} WHERE tenant_id IS NOT NULL") == [(0,)]
            assert of_nobody[table].pk in set(OF_NOBODY[table].objects.values_list("pk", flat=True))
            denied(INSERTS[table].format(id=a.id), "violates row-level security")
        denied(
            INSERTS["messages"].replace("'{id}'", "NULL").format(), "violates row-level security"
        )
        assert run("DELETE FROM outbox") == 0
        assert run("UPDATE outbox SET created_at = now()") == 0


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
        assert Invitation.objects.count() == 0
        for model in (OutboxEvent, AuditEntry, Message):
            assert model.objects.exclude(tenant_id=None).count() == 0
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
