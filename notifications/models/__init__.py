"""Models of the notifications."""

from notifications.models.messages import Message

__all__ = ["Message"]
