"""Celery beat's schedule, kept in the platform's tables."""

from typing import Any

from django_celery_beat.schedulers import DatabaseScheduler

from tenants import scopes


class PlatformScheduler(DatabaseScheduler):  # type: ignore[misc]  # django-celery-beat is untyped
    """django-celery-beat's, in a process that is the platform's for all of its life."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        scopes.settle_on_platform()
        super().__init__(*args, **kwargs)
