"""A laptop and `bin/demo`: the embedded servers fill in what the environment leaves out."""

from config.settings.base import *
from config.settings.base import EMAIL_URL, PAGES_KEPT, env

DEBUG = env.bool("SOUQNA_DEBUG", False)
# Templates are read anew at each change.
PAGES_KEPT = PAGES_KEPT and not DEBUG
SOUQNA_MAILBOX = not EMAIL_URL
SOUQNA_DEMO = True
