"""`once()`: one effect a key, whatever is sent again, in whatever order and company."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections, transaction

from capture.domain.idempotency import (
    Answer,
    Attempt,
    KeyReusedError,
    RequestInFlightError,
    once,
)
from capture.models import IdempotencyRecord, NumberCounter
from tenants import scopes
from tenants.db.messages import Statement
from tests.capture.conftest import NOW


def counted():
    """An act whose effect can be counted."""
    counter, _ = NumberCounter.objects.get_or_create(kind="acts", defaults={"value": 0})
    counter.value += 1
    counter.save()
    return Answer(201, {"z": 1, "number": counter.value}, location="/there/")


def acts(tenant):
    with scopes.tenant(tenant.id):
        counter = NumberCounter.objects.filter(kind="acts").first()
        return counter.value if counter else 0


def submit(tenant, key, asked=None, *, act=counted, now=NOW, endpoint="orders"):
    with scopes.tenant(tenant.id):
        return once(Attempt(endpoint, key, asked or {"a": 1}), act, now=now)


def test_a_replay_repeats_the_answer(shop):
    key = uuid4()
    first, second = submit(shop, key), submit(shop, key)

    assert (first.is_replay, second.is_replay) == (False, True)
    assert list(second.body) == ["z", "number"]
    assert (second.status, second.body, second.location) == (201, first.body, "/there/")
    assert acts(shop) == 1


def test_the_order_of_members_is_no_difference(shop):
    key = uuid4()
    submit(shop, key, {"a": 1, "b": 2})

    assert submit(shop, key, {"b": 2, "a": 1}).is_replay


def test_another_body_is_refused(shop):
    key = uuid4()
    submit(shop, key, {"a": 1})

    with pytest.raises(KeyReusedError):
        submit(shop, key, {"a": 2})
    assert acts(shop) == 1


def test_keys_are_a_tenants_and_an_endpoints_own(shop, tenant_b):
    key = uuid4()
    submit(shop, key)

    assert not submit(shop, key, endpoint="donations").is_replay
    assert not submit(tenant_b, key).is_replay


def test_a_refusal_is_not_kept(shop):
    key = uuid4()

    def refuse():
        counted()
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 (the test's own)
        submit(shop, key, act=refuse)
    assert acts(shop) == 0
    assert not submit(shop, key).is_replay


def test_an_answer_is_kept_for_seven_days(shop):
    key = uuid4()
    submit(shop, key)

    assert submit(shop, key, now=NOW + timedelta(days=6, hours=23)).is_replay
    assert not submit(shop, key, {"other": 1}, now=NOW + timedelta(days=7, seconds=1)).is_replay
    assert acts(shop) == 2
    with scopes.tenant(shop.id):
        assert IdempotencyRecord.objects.filter(key=key).count() == 1


def test_while_one_works_the_other_is_told(shop, tenant_b):
    key = uuid4()
    inside, leave = threading.Event(), threading.Event()
    answers = []

    def slow():
        inside.set()
        leave.wait(20)
        return counted()

    def work():
        try:
            answers.append(submit(shop, key, act=slow))
        finally:
            connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    assert inside.wait(20)
    try:
        with pytest.raises(RequestInFlightError):
            submit(shop, key)
        # Neither another key nor another tenant's same key waits.
        assert not submit(tenant_b, key).is_replay
        assert not submit(tenant_b, uuid4()).is_replay
    finally:
        leave.set()
        worker.join()

    assert not answers[0].is_replay
    assert submit(shop, key).is_replay


def test_thirty_at_once_have_one_effect(shop):
    key = uuid4()
    outcomes = []
    ready = threading.Barrier(30)

    def work():
        try:
            ready.wait()
            outcomes.append(submit(shop, key).is_replay)
        except RequestInFlightError:
            outcomes.append(None)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count(False) == 1
    assert acts(shop) == 1


def test_without_the_lock_the_race_is_lost(shop, monkeypatch):
    """The control: the lock is what the tests above rely on."""
    monkeypatch.setattr(
        "capture.domain.idempotency._lock", lambda _: Statement("SELECT true, NULL")
    )
    key = uuid4()
    both = threading.Barrier(2)
    outcomes = []

    def act():
        both.wait(20)
        return Answer(201, {})

    def work():
        try:
            submit(shop, key, act=act)
            outcomes.append("done")
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # Both acted; only the table's own constraint stopped the second answer.
    assert sorted(outcomes) == ["IntegrityError", "done"]


def test_the_lock_is_gone_with_the_transaction(shop):
    key = uuid4()
    with scopes.tenant(shop.id), pytest.raises(ZeroDivisionError), transaction.atomic():
        once(Attempt("orders", key, {}), lambda: Answer(1 // 0, {}), now=NOW)

    assert not submit(shop, key).is_replay
