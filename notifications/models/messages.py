"""Messages to people, written with what they tell and sent afterwards."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from notifications.enums import Channel, MessageStatus
from tenants.db.access import TableAccess, tenant_rows
from tenants.models import LeasedModel


class Message(LeasedModel):
    """One message to one person, complete as it will be sent. An event has at most one of a `kind`
    for a recipient, so handling it twice tells nobody twice.
    """

    access: ClassVar[TableAccess] = tenant_rows()
    done: ClassVar[str] = "sent_at"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event_id = models.UUIDField()
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    recipient = models.CharField(max_length=254)
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=255)
    text = models.TextField()
    html = models.TextField(blank=True, default="")
    #: Name → value, unencoded; `To` and `Subject` are made from the fields above.
    headers = models.JSONField(default=dict)
    #: Each `{"name", "content_type"}`; none are written yet.
    attachments = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        db_table = "messages"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["tenant_id", "-created_at"], name="messages_tenant"),
            models.Index(
                fields=["available_at"],
                condition=models.Q(sent_at=None, dead_at=None),
                name="messages_waiting",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["event_id", "kind", "channel", "recipient"], name="messages_once"
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=Channel.values), name="messages_channel"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def status(self) -> MessageStatus:
        """Whether it waits, was sent or was given up."""
        if self.sent_at:
            return MessageStatus.SENT
        return MessageStatus.DEAD if self.dead_at else MessageStatus.WAITING
