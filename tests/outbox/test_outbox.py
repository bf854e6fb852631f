"""Writing, claiming, delivering, retrying and giving up."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from django.conf import settings as django_settings
from django.db import connections, transaction
from django.utils import timezone

from tenants import scopes, tasks
from tenants.domain import audit, leases, outbox
from tenants.domain.leases import Claim
from tenants.domain.outbox import NotInTransactionError
from tenants.gateways import queue
from tenants.models import AuditEntry, OutboxEvent


@pytest.fixture
def kind(monkeypatch):
    """A kind of event of the test's own, without handlers yet."""
    monkeypatch.setattr(outbox, "_handlers", {})
    monkeypatch.setattr(outbox, "nudge", lambda *_: None)
    name = f"test.{uuid4().hex}"
    outbox.declare(name, "tenant.created")
    return name


def enqueue(tenant, kind, payload=None):
    with scopes.tenant(tenant.id), transaction.atomic():
        return outbox.enqueue(kind, payload or {})


def claim(event):
    with scopes.platform():
        return outbox.claim(event.id)


def deliver(event):
    with scopes.tenant(event.tenant_id):
        return outbox.deliver(Claim(event.id, event.tenant_id, reload(event).attempts))


def reload(event):
    with scopes.tenant(event.tenant_id):
        return OutboxEvent.objects.get(id=event.id)


def make_due(event):
    with scopes.tenant(event.tenant_id):
        OutboxEvent.objects.filter(id=event.id).update(
            available_at=timezone.now() - timedelta(seconds=1)
        )


def test_an_event_belongs_into_a_transaction_and_a_tenant(tenant_a, kind):
    with scopes.tenant(tenant_a.id), pytest.raises(NotInTransactionError):
        outbox.enqueue(kind, {})
    with scopes.public(), transaction.atomic(), pytest.raises(scopes.NoScopeError):
        outbox.enqueue(kind, {})


def test_an_event_is_gone_with_the_transaction(tenant_a, kind):
    with pytest.raises(ZeroDivisionError), scopes.tenant(tenant_a.id), transaction.atomic():
        outbox.enqueue(kind, {})
        1 / 0  # noqa: B018

    with scopes.tenant(tenant_a.id):
        assert not OutboxEvent.objects.filter(kind=kind).exists()


def test_a_handler_runs_in_the_tenants_scope_once(tenant_a, kind):
    seen = []
    outbox.handles(kind)(lambda event: seen.append((scopes.current_tenant_id(), event.payload)))
    event = enqueue(tenant_a, kind, {"amount": "1.500"})

    assert claim(event) == Claim(event.id, tenant_a.id, 1)
    assert deliver(event)
    assert not deliver(event)

    assert seen == [(tenant_a.id, {"amount": "1.500"})]
    assert claim(event) is None


def test_two_claimers_never_hold_the_same_event(tenant_a, kind):
    events = {enqueue(tenant_a, kind).id for _ in range(20)}

    def claim_own(_):
        try:
            return [found for event in events if (found := _claim_id(event))]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        claimed = [one for found in threads.map(claim_own, range(8)) for one in found]

    assert sorted(claimed) == sorted(events)


def _claim_id(event_id):
    with scopes.platform():
        found = outbox.claim(event_id)
    return found and found.row_id


def test_a_failure_undoes_the_effects_and_is_tried_again_later(tenant_a, kind):
    def fail(event):
        audit.record("test.half")
        raise ValueError("no luck")

    outbox.handles(kind)(fail)
    event = enqueue(tenant_a, kind)
    claim(event)

    assert not deliver(event)

    event = reload(event)
    assert event.last_error == "ValueError: no luck"
    assert event.available_at > timezone.now()
    assert (event.attempts, event.delivered_at, event.dead_at) == (1, None, None)
    with scopes.tenant(tenant_a.id):
        assert not AuditEntry.objects.filter(action="test.half").exists()
    assert claim(event) is None  # not yet


def test_after_the_last_attempt_an_event_is_dead_and_can_be_revived(tenant_a, kind):
    outbox.handles(kind)(lambda _: 1 / 0)
    event = enqueue(tenant_a, kind)
    for _ in range(django_settings.OUTBOX_MAX_ATTEMPTS):
        make_due(event)
        assert claim(event)
        assert not deliver(event)
    assert reload(event).dead_at
    make_due(event)
    assert claim(event) is None

    outbox._handlers[kind].clear()
    with scopes.platform():
        outbox.revive(event.id)

    assert claim(event)
    assert deliver(event)


def test_an_event_that_kills_its_workers_is_given_up(tenant_a, kind):
    """Nobody lives to record the failures: the claims alone are counted."""
    event = enqueue(tenant_a, kind)
    for _ in range(django_settings.OUTBOX_MAX_ATTEMPTS + 1):
        make_due(event)
        claim(event)

    event = reload(event)
    assert event.dead_at
    assert event.last_error == "every worker that tried it was lost"
    assert not deliver(event)


def test_the_sweeper_delivers_what_is_due_and_nothing_else(tenant_a, tenant_b, kind):
    seen = []
    outbox.handles(kind)(lambda event: seen.append((event.id, scopes.current_tenant_id())))
    due = [enqueue(tenant, kind) for tenant in (tenant_a, tenant_b)]
    leased = enqueue(tenant_a, kind)
    claim(leased)

    tasks.sweep_outbox()

    assert {one for one in seen if one[0] in {leased.id, due[0].id, due[1].id}} == {
        (due[0].id, tenant_a.id),
        (due[1].id, tenant_b.id),
    }


def test_a_kind_that_nobody_knows_waits_for_a_newer_worker(tenant_a, kind):
    event = enqueue(tenant_a, "order.created.of-a-newer-release")
    claim(event)

    assert not deliver(event)

    event = reload(event)
    assert event.last_error.startswith("UnknownKindError")
    assert event.delivered_at is None


def test_a_failure_after_the_lease_ran_out_spoils_no_delivery(tenant_a, kind):
    """Our lease ended, another worker delivered the event, and then our handler fails."""
    event = enqueue(tenant_a, kind)
    held = claim(event)
    assert deliver(event)

    fail(held)

    assert reload(event).delivered_at
    assert reload(event).last_error == ""


@pytest.mark.parametrize("first", [1, django_settings.OUTBOX_MAX_ATTEMPTS - 1])
def test_a_late_failure_spoils_no_other_attempt(tenant_a, kind, first):
    """Our lease ended, and another worker is at it: its lease stays whole, its last attempt its own."""
    event = enqueue(tenant_a, kind)
    with scopes.tenant(tenant_a.id):
        OutboxEvent.objects.filter(id=event.id).update(attempts=first - 1)
    late = claim(event)
    make_due(event)
    held = claim(event)
    before = reload(event)

    fail(late)

    after = reload(event)
    assert (after.dead_at, after.available_at) == (None, before.available_at)
    assert after.last_error == ""
    with scopes.tenant(tenant_a.id):
        assert outbox.deliver(held)


def test_a_worker_whose_lease_ran_out_leaves_the_event_to_the_next(tenant_a, kind):
    seen = []
    outbox.handles(kind)(seen.append)
    event = enqueue(tenant_a, kind)
    late = claim(event)
    make_due(event)
    claim(event)

    with scopes.tenant(tenant_a.id):
        assert not outbox.deliver(late)

    assert seen == []
    assert reload(event).delivered_at is None


def fail(held):
    with scopes.tenant(held.tenant_id):
        leases.record_failure(OutboxEvent, held, ValueError("late"), terms=outbox._terms())


def test_every_kind_that_is_written_is_known():
    """`enqueue("…")` anywhere in shipped code: its kind has a handler or is declared."""
    root = Path(__file__).resolve().parents[2]
    apps = ("tenants", "storefront", "capture", "assistant", "notifications", "dashboards")
    kinds = {
        kind
        for app in apps
        for source in (root / app).rglob("*.py")
        for kind in re.findall(r'enqueue\(\s*f?"([a-z.{}]+)"', source.read_text())
    }

    literal = {kind for kind in kinds if "{" not in kind}
    assert literal
    assert literal <= set(outbox._handlers)
    for pattern in kinds - literal:
        prefix = pattern.split("{")[0]
        assert any(kind.startswith(prefix) for kind in outbox._handlers)


def test_the_requests_id_reaches_the_handlers_log(tenant_a, kind, monkeypatch):
    sent = {}
    monkeypatch.undo()
    monkeypatch.setattr(
        queue.current_app, "send_task", lambda _name, **options: sent.update(options)
    )
    with structlog.contextvars.bound_contextvars(request_id="r-42"):
        queue.nudge("tenants.tasks.sweep_outbox")

    assert sent["headers"] == {queue.IDS_HEADER: {"request_id": "r-42"}}


def test_the_wait_doubles_with_jitter_up_to_an_hour():
    base = django_settings.OUTBOX_BACKOFF
    for attempts in range(1, 30):
        nominal = min(base * 2 ** (attempts - 1), 3600)
        assert 0.8 * nominal <= outbox._terms().wait(attempts) <= 1.2 * nominal


def test_a_new_tenants_event_is_handled_by_the_notifications(tenant_a):
    with scopes.tenant(tenant_a.id):
        event = OutboxEvent.objects.get(kind="tenant.created")
    deliver(event)

    with scopes.tenant(tenant_a.id):
        assert AuditEntry.objects.filter(action="tenant.welcomed").count() == 1


def test_what_is_past_is_written_and_told_to_nobody(tenant_a, kind, monkeypatch):
    nudged = []
    monkeypatch.setattr(outbox, "nudge", lambda *args: nudged.append(args))

    with outbox.past():
        old = enqueue(tenant_a, kind)
    new = enqueue(tenant_a, kind)

    assert reload(old).delivered_at
    assert claim(old) is None
    assert [args[1] for args in nudged] == [str(new.id)]
    assert claim(new)
