"""Project configuration: settings, URL maps of the surfaces, servers' entry points."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
