"""The ASGI entry point: event streams only. It takes its connections from the pool."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
os.environ.setdefault("DATABASE_POOL_SIZE", "8")

application = get_asgi_application()
