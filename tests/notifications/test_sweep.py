"""The sweeper sends what waits, and no message holds up another."""

from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

import pytest

from notifications import tasks
from notifications.channels import email
from notifications.enums import MessageStatus
from notifications.models import Message
from tenants import scopes
from tests.notifications.conftest import claim, deliver, make_due, reload, write, written

pytestmark = pytest.mark.usefixtures("alone")


def test_the_sweeper_sends_what_is_due_of_every_tenant(tenant_a, tenant_b, by_smtp):
    due = {write(tenant).recipient for tenant in (tenant_a, tenant_b)}
    leased = write(tenant_a)
    claim(leased)

    tasks.sweep_messages()

    sent = {mail.recipients[0] for mail in by_smtp.mails}
    assert due <= sent
    assert leased.recipient not in sent


@pytest.mark.parametrize("verb", ["RCPT", "DATA", "."])
def test_what_a_server_will_never_take_is_given_up_at_once(tenant_a, by_smtp, verb):
    message = write(tenant_a)
    by_smtp.answers[verb] = "550 5.1.1 nobody by that name"
    claim(message)

    assert not deliver(message)

    message = reload(message)
    assert (message.status, message.attempts) == (MessageStatus.DEAD, 1)
    assert "550" in message.last_error
    assert "nobody by that name" in message.last_error


@pytest.mark.parametrize("verb", ["MAIL", "EHLO"])
def test_what_a_server_has_against_us_is_no_fault_of_the_message(tenant_a, by_smtp, verb):
    message = write(tenant_a)
    by_smtp.answers[verb] = by_smtp.answers["HELO"] = "550 who are you"
    claim(message)

    assert not deliver(message)

    assert reload(message).status == MessageStatus.WAITING


@pytest.mark.parametrize(
    ("codes", "is_final"), [([550], True), ([550, 554], True), ([550, 451], False), ([421], False)]
)
def test_recipients_are_refused_for_good_only_by_5xx_alone(codes, is_final):
    refused = {f"r{code}@example.com": (code, b"no") for code in codes}

    assert email.is_refused_for_good(SMTPRecipientsRefused(refused)) is is_final


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (SMTPServerDisconnected("timed out"), True),
        (SMTPConnectError(554, b"go away"), True),
        (SMTPAuthenticationError(535, b"who?"), True),
        (SMTPSenderRefused(421, b"closing", "a@b.example"), True),
        (SMTPSenderRefused(451, b"later", "a@b.example"), False),
        (SMTPRecipientsRefused({"a@b.example": (421, b"closing")}), True),
        (SMTPRecipientsRefused({"a@b.example": (550, b"no")}), False),
        (SMTPDataError(451, b"later"), False),
        (ValueError("no header"), False),
    ],
)
def test_which_failures_are_the_servers_not_the_messages(error, expected):
    assert email.is_unreachable(error) is expected


def test_a_message_that_is_refused_holds_up_no_other(tenant_a, by_smtp):
    refused, busy, good = (write(tenant_a) for _ in range(3))
    by_smtp.answers[f"RCPT {refused.recipient}"] = "550 nobody"
    by_smtp.answers[f"RCPT {busy.recipient}"] = "450 busy"

    assert tasks.sweep_messages() >= 1

    assert [reload(message).status for message in (refused, busy, good)] == [
        MessageStatus.DEAD,
        MessageStatus.WAITING,
        MessageStatus.SENT,
    ]


def test_a_message_whose_workers_were_all_lost_holds_up_no_other(tenant_a, by_smtp, settings):
    lost, good = write(tenant_a), write(tenant_a)
    with scopes.tenant(tenant_a.id):
        Message.objects.filter(id=lost.id).update(attempts=settings.MESSAGE_MAX_ATTEMPTS)

    assert tasks.sweep_messages() >= 1

    assert reload(lost).status == MessageStatus.DEAD
    assert reload(lost).attempts == settings.MESSAGE_MAX_ATTEMPTS
    assert reload(good).status == MessageStatus.SENT


def test_what_is_given_up_is_handed_to_nobody(tenant_a, settings):
    message = write(tenant_a)
    with scopes.tenant(tenant_a.id):
        Message.objects.filter(id=message.id).update(attempts=settings.MESSAGE_MAX_ATTEMPTS)

    assert claim(message) is None
    assert reload(message).status == MessageStatus.DEAD


def test_a_sweep_ends_where_there_is_no_server(tenant_a, by_smtp):
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
