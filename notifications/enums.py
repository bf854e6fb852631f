"""Choices of the notifications' models."""

from enum import Enum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """How a message reaches a person."""

    EMAIL = "email", _("E-mail")


class Outcome(Enum):
    """What became of one attempt to send."""

    SENT = "sent"
    #: Overtaken by another worker, or refused: the next message may fare better.
    NOT_SENT = "not sent"
    #: No server to talk to: the next message would fare no better.
    UNREACHABLE = "unreachable"


class MessageStatus(models.TextChoices):
    """Where a message is on its way."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Given up")
