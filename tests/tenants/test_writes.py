"""`act()` and `insert()`: rows written together, by the message that commits."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from capture.models import IdempotencyRecord, NumberCounter
from tenants import scopes
from tenants.db.messages import Statement, ask
from tenants.db.writes import act, insert

pytestmark = pytest.mark.usefixtures("real_db")


def record(**fields):
    values = {
        "endpoint": "x",
        "key": uuid4(),
        "fingerprint": "",
        "status": 200,
        "body": "",
        **fields,
    }
    return IdempotencyRecord(**values)


def kept(tenant):
    with scopes.tenant(tenant.id):
        return IdempotencyRecord.objects.filter(endpoint="x").count()


@pytest.fixture
def inside(tenant_a):
    with scopes.tenant(tenant_a.id):
        yield tenant_a


def test_rows_are_written_by_the_message_that_commits(inside):
    with CaptureQueriesContext(connection) as queries, act():
        insert(record(), record())
        insert(NumberCounter(kind="k", value=1))
        assert kept(inside) == 0

    assert [one["sql"].endswith("; COMMIT") for one in queries if "INSERT" in one["sql"]] == [True]
    assert kept(inside) == 2
    assert NumberCounter.objects.filter(kind="k").exists()


def test_outside_an_act_rows_are_written_at_once(inside):
    insert(record(), record())
    assert kept(inside) == 2


def test_an_act_within_anothers_transaction_writes_at_its_own_end(inside):
    with transaction.atomic():
        with act():
            insert(record())
        assert kept(inside) == 1
        transaction.set_rollback(True)
    assert kept(inside) == 0


def test_an_inner_act_belongs_to_the_outer(inside):
    with act():
        with act():
            insert(record())
        assert kept(inside) == 0
    assert kept(inside) == 1


def test_after_an_exception_nothing_is_written(inside):
    with pytest.raises(ZeroDivisionError), act():
        insert(record())
        raise ZeroDivisionError
    assert kept(inside) == 0
    with act():
        pass
    assert kept(inside) == 0


def test_a_savepoint_rolled_back_takes_its_rows_with_it(inside):
    with act():
        insert(record())
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            insert(record())
            raise ZeroDivisionError
    assert kept(inside) == 1


def test_a_constraint_is_told_as_ever_and_nothing_is_written(inside):
    first = record()
    insert(first)
    with pytest.raises(IntegrityError, match="idempotency_records_once"), act():
        insert(NumberCounter(kind="k", value=1), record(key=first.key))
    assert not NumberCounter.objects.filter(kind="k").exists()


def test_hooks_run_after_the_commit_alone(inside):
    seen = []
    first = record()
    with act():
        insert(first)
        transaction.on_commit(lambda: seen.append(kept(inside)))
    with pytest.raises(IntegrityError), act():
        insert(record(key=first.key))
        transaction.on_commit(lambda: seen.append("not this"))
    assert seen == [1]


def test_what_the_database_fills_in_is_fetched_when_asked_for(inside):
    row = record()
    insert(row)
    assert row.get_deferred_fields() == {"created_at"}
    assert row.created_at.tzinfo
    assert not row._state.adding


def test_a_row_of_another_tenant_is_refused(inside, tenant_b):
    with scopes.tenant(tenant_b.id):
        theirs = record()
        insert(theirs)
    with pytest.raises(scopes.WrongScopeError), act():
        insert(theirs)
    assert kept(inside) == 0


def test_a_row_of_another_scope_is_written_in_its_own(inside, tenant_b):
    with act():
        insert(record())
        with scopes.tenant(tenant_b.id):
            insert(record(), record())
    assert (kept(inside), kept(tenant_b)) == (1, 2)


def test_a_key_that_the_database_makes_is_refused(inside):
    with pytest.raises(TypeError, match="keys of our own"):
        insert(record(id=None))


def test_each_question_of_a_message_has_its_answer(inside):
    insert(record(status=201))
    rows = IdempotencyRecord.objects.filter(endpoint="x")
    none = IdempotencyRecord.objects.filter(id__in=[])

    one, found, nothing = ask(Statement("SELECT %s || '%%'", ["a"]), rows, none)

    assert (one, [row.status for row in found], nothing) == ([("a%",)], [201], [])
    assert ask() == []


def test_a_message_stops_at_its_first_failure(inside):
    with pytest.raises(Exception, match="division"), transaction.atomic():
        ask(Statement("SELECT 1 / 0"), Statement("DELETE FROM idempotency_records"))
