"""The Notifications app."""

from importlib import import_module

from django.apps import AppConfig

_HANDLERS = (
    "notifications.domain.tenants",
    "notifications.domain.orders",
    "notifications.domain.identity",
    "notifications.domain.invitations",
    "notifications.domain.members",
)


class NotificationsConfig(AppConfig):
    """Django's handle on `notifications`."""

    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        """Register the outbox handlers, in every process."""
        for module in _HANDLERS:
            import_module(module)
