"""A laptop and `bin/demo`: the embedded servers fill in what the environment leaves out."""

from config.settings.base import *
from config.settings.base import EMAIL_URL, env

DEBUG = env.bool("SOUQNA_DEBUG", False)
SOUQNA_MAILBOX = not EMAIL_URL
SOUQNA_DEMO = True
