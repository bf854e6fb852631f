"""The Notifications app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Django's handle on `notifications`."""

    name = "notifications"
    verbose_name = "Notifications"
