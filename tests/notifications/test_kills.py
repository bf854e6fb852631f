"""No message is lost, whoever is killed when; one sent twice has one `Message-ID`. In processes of
their own.
"""

import time

import pytest

from tenants.gateways.queue import nudge
from tests.notifications.conftest import write, written


def sent(tenant, seconds=60):
    """Wait until the tenant's one message is noted as sent; the row."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        (message,) = written(tenant)
        if message.sent_at or message.dead_at:
            return message
        time.sleep(0.1)
    raise AssertionError(f"not sent within {seconds} s: {vars(message)}")


def start(worker, smtp, point="", *, whole=False):
    return worker(
        point,
        whole=whole,
        settings_module="tests.notifications.settings",
        loaded="tests.notifications.deadly",
        EMAIL_URL=smtp.url,
    )


@pytest.mark.parametrize(
    ("point", "attempts", "mails"),
    [
        ("claimed, not begun", 2, 1),
        ("half-way through sending", 2, 1),
        ("sent, not noted", 2, 2),
        ("noted, not acknowledged", 1, 1),
    ],
)
@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(False, id="child"),
        pytest.param(True, id="worker", marks=pytest.mark.slow),
    ],
)
def test_a_killed_worker_loses_no_message(
    worker, tenant_a, smtp, tmp_path, point, attempts, mails, whole
):
    process = start(worker, smtp, point, whole=whole)
    message = write(tenant_a)
    nudge("notifications.tasks.deliver_message", str(message.id))
    if whole:
        process.wait(60)
        start(worker, smtp)

    message = sent(tenant_a)

    assert (tmp_path / "died").read_text() == point  # the kill did happen
    assert message.dead_at is None
    assert message.attempts == attempts
    # The worker's beat sends what other tests left waiting, too.
    received = [mail for mail in smtp.mails if mail.recipients == [message.recipient]]
    assert len(received) == mails
    assert {mail.message["Message-ID"] for mail in received} == {message.headers["Message-ID"]}


def test_a_lost_nudge_is_made_up_for(worker, tenant_a, smtp):
    message = write(tenant_a)
    start(worker, smtp)

    assert sent(tenant_a).attempts == 1
    assert [mail.recipients for mail in smtp.mails].count([message.recipient]) == 1
