"""Production: refuses to start on a missing or insecure setting, naming it."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *
from config.settings.base import (
    IDENTITY_ENGINE,
    OIDC_ISSUER,
    SECRET_KEY,
    SOUQNA_DOMAIN,
    SOUQNA_SCHEME,
    env,
)

_NEEDED = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "CACHE_URL", "SOUQNA_DOMAIN", "EMAIL_URL")
for _name in _NEEDED:
    if not env.str(_name, ""):
        message = f"{_name} is not set: production needs it (docs/configuration.md)"
        raise ImproperlyConfigured(message)
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:  # noqa: PLR2004 (Django's own bar, security.W009)
    message = "SECRET_KEY is too weak: at least 50 random characters (docs/configuration.md)"
    raise ImproperlyConfigured(message)
if SOUQNA_SCHEME != "https":
    message = "SOUQNA_SCHEME must be https in production (docs/configuration.md)"
    raise ImproperlyConfigured(message)
if SOUQNA_DOMAIN == "localhost":
    message = "SOUQNA_DOMAIN must be the public domain in production (docs/configuration.md)"
    raise ImproperlyConfigured(message)
if IDENTITY_ENGINE == "cognito":
    # botocore reads these by itself, and passwords go where they point.
    for _name in ("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "AWS_ENDPOINT_URL"):
        if not env.str(_name, "https://").startswith("https://"):
            message = f"{_name} must be https in production (docs/configuration.md)"
            raise ImproperlyConfigured(message)
if OIDC_ISSUER and not OIDC_ISSUER.startswith("https://"):
    message = "OIDC_ISSUER must be an https address in production (docs/configuration.md)"
    raise ImproperlyConfigured(message)

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
