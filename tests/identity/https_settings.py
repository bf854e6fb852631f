"""The tests' settings with what production adds behind its proxy; SOUQNA_SCHEME=https does the rest."""

from config.settings.test import *

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
