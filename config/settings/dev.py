"""A laptop and `bin/demo`: the embedded servers fill in what the environment leaves out."""

from config.settings.base import *
from config.settings.base import env

DEBUG = env.bool("SOUQNA_DEBUG", False)
SOUQNA_MAILBOX = not env.str("EMAIL_URL", "")
SOUQNA_DEMO = True
