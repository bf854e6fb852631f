"""The Celery app. Tasks are found in each app's `tasks` module."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

# Imported with the package, before wsgi.py and asgi.py set theirs: whoever wants the development
# settings (manage.py, bin/demo) says so; a forgotten variable means production.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("souqna")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


# Celery offers no other way to keep its hands off the logging configuration.
@setup_logging.connect
def use_django_logging(**_: Any) -> None:
    """Log from workers exactly as from web processes."""
    from django.conf import settings  # settings must not load when this module does

    from config.logging import configure

    configure(settings.LOGGING)
