"""Settings of the workers that get killed: everything is due within seconds."""

from config.settings.test import *
from config.settings.test import SOUQNA_STATE

OUTBOX_LEASE = 1
OUTBOX_BACKOFF = 0.2
CELERY_BEAT_SCHEDULER = "celery.beat:PersistentScheduler"
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "tenants.tasks.sweep_outbox", "schedule": 0.5}}
CELERY_BEAT_SCHEDULE_FILENAME = str(SOUQNA_STATE / "beat")
