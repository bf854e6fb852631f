"""Settings of the workers that get killed: everything is due within seconds."""

import os

from config.settings.test import *
from config.settings.test import SOUQNA_STATE

MEDIA_LEASE = 8
MEDIA_MAX_ATTEMPTS = 20
MEDIA_BACKOFF = 0.2
MEDIA_ROOT = os.environ["SOUQNA_TEST_MEDIA"]
CELERY_BEAT_SCHEDULER = "celery.beat:PersistentScheduler"
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "storefront.tasks.sweep_uploads", "schedule": 0.5}}
CELERY_BEAT_SCHEDULE_FILENAME = str(SOUQNA_STATE / "beat")
