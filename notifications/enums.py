"""Choices of the notifications' models."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """How a message reaches a person."""

    EMAIL = "email", _("E-mail")


class MessageStatus(models.TextChoices):
    """Where a message is on its way."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Given up")
