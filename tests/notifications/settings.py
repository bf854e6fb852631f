"""Settings of the workers that get killed: everything is due within seconds, and mail goes out."""

from tests.outbox.settings import *

SOUQNA_MAILBOX = False
MESSAGE_LEASE = 2
MESSAGE_BACKOFF = 0.2
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "notifications.tasks.sweep_messages", "schedule": 0.5}}
