"""Notifications: from outbox events to messages."""
