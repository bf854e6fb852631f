"""Messages reach the mail server once, or are tried again; none is lost."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.db import connection
from django.utils import timezone

from notifications.channels import email
from notifications.enums import MessageStatus
from notifications.models import Message
from tenants import scopes
from tenants.domain import leases
from tests.notifications.conftest import (
    claim,
    deliver,
    deliver_all,
    handle,
    make_due,
    reload,
    write,
    written,
)


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
    by_smtp.answers["RCPT"] = "450 mailbox busy"
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
