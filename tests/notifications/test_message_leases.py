"""Workers that hold, lose and late let go of a message: it is sent once and never spoiled."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from django.utils import timezone

from notifications.channels import email
from notifications.enums import MessageStatus
from notifications.models import Message
from tenants import scopes
from tests.notifications.conftest import (
    claim,
    deliver,
    make_due,
    reload,
    send,
    write,
    written,
)


def test_two_claimers_never_hold_the_same_message(tenant_a):
    written_ = [write(tenant_a) for _ in range(12)]

    def claim_own(_):
        try:
            return [message.id for message in written_ if claim(message)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as threads:
        claimed = [one for found in threads.map(claim_own, range(6)) for one in found]

    assert sorted(claimed) == sorted(message.id for message in written_)


def test_what_another_worker_sent_meanwhile_is_not_sent_again(tenant_a, by_smtp):
    message = write(tenant_a)
    claim(message)
    assert deliver(message)

    assert not deliver(message)

    assert len(by_smtp.mails) == 1


def test_a_failure_after_the_lease_ran_out_spoils_nothing(tenant_a, monkeypatch):
    message = write(tenant_a)

    def overtaken(_):
        with scopes.tenant(tenant_a.id):
            Message.objects.filter(id=message.id).update(sent_at=timezone.now())
        raise TimeoutError

    monkeypatch.setattr(email, "send", overtaken)
    claim(message)

    assert not deliver(message)

    assert reload(message).status == MessageStatus.SENT
    assert reload(message).last_error == ""


@pytest.mark.parametrize("attempts", [2, 3])
def test_a_late_failure_neither_kills_nor_doubles_anothers_message(
    tenant_a, by_smtp, settings, monkeypatch, attempts
):
    """While we hang our lease ends and another worker claims the message, perhaps for the last time."""
    settings.MESSAGE_MAX_ATTEMPTS = attempts
    message = write(tenant_a)
    others = []

    def hang(_):
        make_due(message)
        others.append(claim(message))
        raise TimeoutError

    claim(message)
    with monkeypatch.context() as patch:
        patch.setattr(email, "send", hang)
        assert not deliver(message)

    assert reload(message).status == MessageStatus.WAITING
    assert claim(message) is None  # the other one's lease is whole
    assert send(others[0])
    assert reload(message).status == MessageStatus.SENT
    assert len(by_smtp.mails) == 1


def test_a_worker_whose_lease_ran_out_before_it_began_sends_nothing(tenant_a, by_smtp):
    message = write(tenant_a)
    late = claim(message)
    make_due(message)
    held = claim(message)

    assert not send(late)
    assert send(held)

    assert len(by_smtp.mails) == 1


def test_what_went_out_is_sent_though_it_was_given_up_meanwhile(tenant_a, settings, monkeypatch):
    settings.MESSAGE_MAX_ATTEMPTS = 1
    message = write(tenant_a)

    def send_slowly(_):
        make_due(message)
        claim(message)
        assert reload(message).status == MessageStatus.DEAD

    monkeypatch.setattr(email, "send", send_slowly)
    claim(message)

    assert deliver(message)

    message = reload(message)
    assert (message.status, message.dead_at) == (MessageStatus.SENT, None)
    assert message.last_error == ""


def test_a_message_is_gone_with_its_transaction(tenant_a):
    with pytest.raises(ZeroDivisionError), scopes.tenant(tenant_a.id), transaction.atomic():
        write(tenant_a)
        1 / 0  # noqa: B018

    assert written(tenant_a) == []
