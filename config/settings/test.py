"""The test run: its own database on the embedded servers (tests/conftest.py)."""

from config.settings.base import *

SECRET_KEY = "a-key-for-the-tests-only-and-nothing-else-at-all"  # noqa: S105 (no secret)
SOUQNA_MAILBOX = True
# Tests that put rows beside the code would be shown pages from before: those of keeping turn it on.
PAGES_KEPT = False
SOUQNA_DEMO = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOG_FORMAT = "json"
