"""Loaded into a Celery worker: a death at a chosen point of sending a message."""

import smtplib

from notifications.channels import email
from notifications.domain import messages
from tests.outbox.deadly import die_once

_deliver, _send, _data = messages.deliver, email.send, smtplib.SMTP.data


def deliver(claim):
    """The real delivery, with a death on either side."""
    die_once("claimed, not begun")
    sent = _deliver(claim)
    die_once("noted, not acknowledged")
    return sent


def send(message):
    """The real sending, with a death after it."""
    _send(message)
    die_once("sent, not noted")


def data(self, message):
    """A death in the middle of the dialogue, the recipient named and the content not sent."""
    die_once("half-way through sending")
    return _data(self, message)


messages.deliver, email.send, smtplib.SMTP.data = deliver, send, data
