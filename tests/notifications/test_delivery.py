"""Messages reach the mail server once, or are tried again; none is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from notifications import tasks
from notifications.channels import email
from notifications.domain import messages
from notifications.enums import MessageStatus
from notifications.models import Message
from tenants import scopes
from tenants.domain import leases
from tenants.domain.leases import Claim
from tests.notifications.conftest import deliver_all, handle, write, written


def reload(message):
    with scopes.tenant(message.tenant_id):
        return Message.objects.get(id=message.id)


def make_due(message):
    with scopes.tenant(message.tenant_id):
        Message.objects.filter(id=message.id).update(
            available_at=timezone.now() - timedelta(seconds=1)
        )


def claim(message):
    with scopes.platform():
        return messages.claim(message.id)


def deliver(message):
    with scopes.tenant(message.tenant_id):
        return messages.deliver(Claim(message.id, message.tenant_id, reload(message).attempts))


def test_in_the_embedded_mailbox_a_message_is_sent_at_once(tenant_a, smtp):
    message = write(tenant_a)
    assert message.status == MessageStatus.WAITING

    assert deliver_all(tenant_a) == [True]

    assert reload(message).status == MessageStatus.SENT
    assert smtp.mails == []


def test_an_order_reaches_the_mail_server(shop, place, by_smtp):
    order = place(customer_name="مريم العلي", language="ar")
    handle(shop.tenant)

    assert deliver_all(shop.tenant) == [True] * 3

    stored = {message.recipient: message for message in written(shop.tenant)}
    assert {mail.recipients[0] for mail in by_smtp.mails} == set(stored)
    for mail in by_smtp.mails:
        got, row = mail.message, stored[mail.recipients[0]]
        assert got["To"] == row.recipient
        assert got["Subject"].strip() == row.subject  # folded
        assert got["Message-ID"] == row.headers["Message-ID"] == f"<{row.id}@localhost>"
        assert got["Auto-Submitted"] == "auto-generated"
        assert abs(parsedate_to_datetime(got["Date"]) - row.created_at) < timedelta(minutes=1)
        assert got.get_content_type() == "multipart/alternative"
        text, html = got.iter_parts()
        assert text.get_content().replace("\r\n", "\n").strip() == row.text.strip()
        assert html.get_content().replace("\r\n", "\n").strip() == row.html.strip()
        assert order.number in text.get_content()
    assert all(message.status == MessageStatus.SENT for message in written(shop.tenant))
    assert "متجر" in stored["maryam@example.com"].headers["From"]


def test_sending_happens_outside_any_transaction(tenant_a, monkeypatch):
    seen = []
    monkeypatch.setattr(email, "send", lambda _: seen.append(connection.in_atomic_block))
    write(tenant_a)

    deliver_all(tenant_a)

    assert seen == [False]


def test_with_no_mail_server_there_a_message_waits_and_goes_out_later(tenant_a, by_smtp, settings):
    message = write(tenant_a)
    settings.EMAIL_PORT = 1
    claim(message)

    assert not deliver(message)

    message = reload(message)
    assert message.last_error.startswith("ConnectionRefusedError")
    assert message.status == MessageStatus.WAITING
    assert message.available_at > timezone.now()
    assert claim(message) is None  # not yet

    settings.EMAIL_PORT = by_smtp.port
    make_due(message)
    assert claim(message)
    assert deliver(message)

    assert reload(message).last_error == ""
    assert [mail.recipients for mail in by_smtp.mails] == [[message.recipient]]


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_what_a_server_refuses_for_now_is_tried_again(tenant_a, by_smtp, verb):
    message = write(tenant_a)
    by_smtp.answers[verb] = "451 not now"
    claim(message)

    assert not deliver(message)
    assert "451" in reload(message).last_error
    assert by_smtp.mails == []

    by_smtp.answers.clear()
    make_due(message)
    claim(message)
    assert deliver(message)
    assert len(by_smtp.mails) == 1


def test_after_the_last_attempt_a_message_is_dead_and_can_be_revived(tenant_a, by_smtp, settings):
    settings.MESSAGE_MAX_ATTEMPTS = 3
    message = write(tenant_a)
    by_smtp.answers["RCPT"] = "550 no such person"
    for _ in range(3):
        make_due(message)
        assert claim(message)
        assert not deliver(message)
    assert reload(message).status == MessageStatus.DEAD
    make_due(message)
    assert claim(message) is None

    by_smtp.answers.clear()
    with scopes.platform():
        leases.revive(Message, message.id)
    assert claim(message)
    assert deliver(message)

    assert len(by_smtp.mails) == 1


def test_a_message_that_cant_even_be_composed_stops_no_other(tenant_a, by_smtp):
    broken, good = write(tenant_a), write(tenant_a)
    with scopes.tenant(tenant_a.id):
        Message.objects.filter(id=broken.id).update(subject="a\nBcc: evil@example.com")

    deliver_all(tenant_a)

    assert "BadHeaderError" in reload(broken).last_error
    assert [mail.recipients for mail in by_smtp.mails] == [[good.recipient]]


def test_a_retry_can_be_recognised(tenant_a, by_smtp):
    """The server took the mail, and we died before noting it: the second copy has the same id."""
    message = write(tenant_a)
    claim(message)
    with scopes.tenant(tenant_a.id):
        email.send(message)  # and then the process is gone
    make_due(message)
    claim(message)

    assert deliver(message)

    first, second = (mail.message for mail in by_smtp.mails)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


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
    with scopes.tenant(tenant_a.id):
        assert messages.deliver(others[0])
    assert reload(message).status == MessageStatus.SENT
    assert len(by_smtp.mails) == 1


def test_a_worker_whose_lease_ran_out_before_it_began_sends_nothing(tenant_a, by_smtp):
    message = write(tenant_a)
    late = claim(message)
    make_due(message)
    held = claim(message)

    with scopes.tenant(tenant_a.id):
        assert not messages.deliver(late)
        assert messages.deliver(held)

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


def test_the_sweeper_sends_what_is_due_of_every_tenant(tenant_a, tenant_b, by_smtp):
    due = {write(tenant).recipient for tenant in (tenant_a, tenant_b)}
    leased = write(tenant_a)
    claim(leased)

    tasks.sweep_messages()

    sent = {mail.recipients[0] for mail in by_smtp.mails}
    assert due <= sent
    assert leased.recipient not in sent


def test_a_sweep_ends_at_the_first_failure(tenant_a, by_smtp):
    by_smtp.answers["MAIL"] = "421 closing"
    for _ in range(3):
        write(tenant_a)

    assert tasks.sweep_messages() == 0

    assert sorted(message.attempts for message in written(tenant_a)) == [0, 0, 1]
    for message in written(tenant_a):  # leave nothing to the other tests' sweeps
        make_due(message)
    by_smtp.answers.clear()
    assert tasks.sweep_messages() >= 3


def test_the_lease_outlives_a_server_that_hangs(settings):
    """Connecting, greeting, MAIL, RCPT, DATA, the content and QUIT may each take the time-out."""
    assert settings.MESSAGE_LEASE > 7 * settings.EMAIL_TIMEOUT
