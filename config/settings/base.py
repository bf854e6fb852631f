"""Settings shared by every environment. The process environment is read in this package only."""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from config.addresses import is_bare_address, own_address
from config.logging import logging_config

ROOT = Path(__file__).resolve().parent.parent.parent
env = environ.Env()

# The installation ---------------------------------------------------------------------------------
SOUQNA_DOMAIN: str = env.str("SOUQNA_DOMAIN", "localhost").lower().rstrip(".")
SOUQNA_SCHEME: str = env.str("SOUQNA_SCHEME", "http")
SOUQNA_PORT: int = env.int("SOUQNA_PORT", 443 if SOUQNA_SCHEME == "https" else 8000)
SOUQNA_STATE = Path(env.str("SOUQNA_STATE", str(ROOT / "var"))).resolve()
SOUQNA_TRUSTED_HOPS: int = env.int("SOUQNA_TRUSTED_HOPS", 0)
SOUQNA_CLIENT_ORIGINS: list[str] = env.list("SOUQNA_CLIENT_ORIGINS", default=[])
SOUQNA_MAILBOX = False
SOUQNA_DEMO = False

SECRET_KEY: str = env.str("SECRET_KEY", "")
DEBUG = False
# Hosts are normalised and matched against our own domain rows by tenants.middleware.surfaces, so
# Django's list only has to be no narrower than that.
ALLOWED_HOSTS = ["*"]
USE_X_FORWARDED_HOST = False
APPEND_SLASH = True

# Apps ---------------------------------------------------------------------------------------------
# `tenants` stands before `django_tenants`: its `migrate_schemas` and `create_tenant` commands win.
SHARED_APPS = [
    # First: each {% static %} looks for it through the whole list.
    "django.contrib.staticfiles",
    "tenants",
    "notifications",
    "assistant.ledger",
    "storefront.uploads",
    "dashboards",
    # Before `django_tenants`, whose templates for it ask every request for a tenant.
    "django.contrib.admin",
    "django_tenants",
    "django_celery_beat",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    # What people log in with, whichever engine is chosen: both know the same tables.
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
TENANT_APPS = ["storefront", "capture", "assistant"]
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS]
TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
PUBLIC_SCHEMA_NAME = "public"
AUTH_USER_MODEL = "tenants.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Requests -----------------------------------------------------------------------------------------
MIDDLEWARE = [
    "tenants.middleware.requests.RequestMiddleware",
    # Before all that may answer by itself, so that no answer goes without their headers.
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Answers preflight requests by itself, before a host is looked up.
    "corsheaders.middleware.CorsMiddleware",
    "tenants.middleware.surfaces.SurfaceMiddleware",
    # Outside of whatever answers pages from a cache.
    "storefront.middleware.visits.VisitMiddleware",
    "storefront.middleware.pages.PageMiddleware",
    "tenants.middleware.origins.OriginMiddleware",
    "tenants.middleware.languages.LanguageMiddleware",
    "tenants.middleware.sessions.StaffSessionMiddleware",
    "tenants.middleware.sessions.StaffCsrfMiddleware",
    "tenants.middleware.identity.IdentityMiddleware",
    "tenants.middleware.sessions.StaffMessageMiddleware",
    # allauth refuses to start without it; its own views are not used.
    "allauth.account.middleware.AccountMiddleware",
    "tenants.middleware.members.MemberMiddleware",
    "django.middleware.common.CommonMiddleware",
]
# Never reached: SurfaceMiddleware sets request.urlconf. An empty map keeps `reverse()` outside a
# request from silently picking one surface.
ROOT_URLCONF = "config.urls.nowhere"
SURFACE_URLCONFS = {
    "storefront": "config.urls.storefront",
    "app": "config.urls.app",
    "admin": "config.urls.admin",
    "landing": "config.urls.landing",
}
DASHBOARD_URLCONF = "dashboards.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenants.context_processors.surface",
            ],
        },
    }
]

# Database: two aliases, two logins (docs/architecture.md, "Isolation") -----------------------------
DATABASE_ROLE_PREFIX: str = env.str("DATABASE_ROLE_PREFIX", "souqna")


def _database(variable: str, engine: str) -> dict[str, Any]:
    """One DATABASES entry from a `postgres://` URL in `variable`; empty when it is not set."""
    parsed: dict[str, Any] = env.db_url(variable, default="postgres://unset@127.0.0.1:1/unset")
    return {**parsed, "ENGINE": engine, "DISABLE_SERVER_SIDE_CURSORS": False}


DATABASES: dict[str, dict[str, Any]] = {
    # CONN_MAX_AGE recycles connections: a backend's relation cache grows by about 1 MB a tenant it
    # has touched and PostgreSQL never evicts it.
    "default": {
        **_database("DATABASE_URL", "tenants.db"),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    },
    "owner": {
        **_database("DATABASE_OWNER_URL", "django_tenants.postgresql_backend"),
        "CONN_MAX_AGE": 0,
    },
}
DATABASE_POOL_SIZE: int = env.int("DATABASE_POOL_SIZE", 0)
if DATABASE_POOL_SIZE:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": DATABASE_POOL_SIZE,
        "max_lifetime": 600,
    }
TENANT_DB_ALIAS = "owner"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter", "tenants.db.routers.ScopeRouter"]
PROVISIONING_POOL_SIZE: int = env.int("PROVISIONING_POOL_SIZE", 5)

# Valkey: the broker and the counters must never evict; the cache may -------------------------------
REDIS_URL: str = env.str("REDIS_URL", "redis://127.0.0.1:1/0")
CACHE_URL: str = env.str("CACHE_URL", "") or REDIS_URL
# Whether pages that are the same for everybody are kept there.
PAGES_KEPT: bool = env.bool("SOUQNA_PAGES_KEPT", True)
_VALKEY_TIMEOUTS = {"socket_connect_timeout": 2, "socket_timeout": 5}
CACHES = {
    "default": {
        "BACKEND": "tenants.gateways.cache.ScopedRedisCache",
        "LOCATION": CACHE_URL,
        "TIMEOUT": 300,
        "OPTIONS": _VALKEY_TIMEOUTS,
    }
}

# Celery -------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = REDIS_URL
CELERY_RESULT_EXPIRES = 3600
CELERY_TASK_ACKS_LATE = True
# Without this a task whose worker child was killed is acknowledged all the same.
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TRACK_STARTED = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
_VISIBILITY = {"visibility_timeout": 600, "socket_timeout": 10, "socket_connect_timeout": 2}
# A request that nudges a worker gives up on an absent broker at once; the sweeper makes up for it.
_PUBLISHING = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1}
CELERY_BROKER_TRANSPORT_OPTIONS = {**_VISIBILITY, **_PUBLISHING}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = _VISIBILITY
CELERY_VISIBILITY_TIMEOUT = 600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "tenants.gateways.schedules:PlatformScheduler"
CELERY_TIMEZONE = "Asia/Kuwait"
# Seconds between two runs.
CELERY_BEAT_SCHEDULE = {
    "sweep-outbox": {"task": "tenants.tasks.sweep_outbox", "schedule": 15.0},
    "sweep-messages": {"task": "notifications.tasks.sweep_messages", "schedule": 15.0},
    "write-visits": {"task": "storefront.tasks.write_visits", "schedule": 5.0},
    "purge-identity": {"task": "tenants.tasks.purge_identity", "schedule": 86400.0},
    "refill-schema-pool": {"task": "tenants.tasks.refill_schema_pool", "schedule": 60.0},
    "sweep-uploads": {"task": "storefront.tasks.sweep_uploads", "schedule": 15.0},
    "sweep-files": {"task": "storefront.tasks.sweep_files", "schedule": 6 * 3600.0},
}

# Outbox: seconds ----------------------------------------------------------------------------------
OUTBOX_LEASE = 60
OUTBOX_MAX_ATTEMPTS = 8
OUTBOX_BACKOFF = 5

# Pictures: seconds --------------------------------------------------------------------------------
# Longer than the longest time that one picture may take (storefront.gateways.pictures).
MEDIA_LEASE = 180
MEDIA_MAX_ATTEMPTS = 4
MEDIA_BACKOFF = 10

# Mail: times in seconds -----------------------------------------------------------------------------
EMAIL_URL: str = env.str("EMAIL_URL", "")
_MAIL = environ.Env.email_url_config(EMAIL_URL or "smtp://localhost")
_MAIL_SCHEME = EMAIL_URL.partition(":")[0]
EMAIL_BACKEND: str = _MAIL["EMAIL_BACKEND"]
EMAIL_HOST: str = _MAIL["EMAIL_HOST"]
EMAIL_HOST_USER: str = _MAIL["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD: str = _MAIL["EMAIL_HOST_PASSWORD"] or ""
# django-environ takes `smtps` for STARTTLS; everybody else for TLS from the first byte.
EMAIL_USE_SSL = _MAIL_SCHEME in ("smtps", "smtp+ssl")
EMAIL_USE_TLS = _MAIL_SCHEME == "smtp+tls"
EMAIL_PORT: int = _MAIL["EMAIL_PORT"] or (465 if EMAIL_USE_SSL else 587 if EMAIL_USE_TLS else 25)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL: str = env.str("EMAIL_FROM", "") or f"no-reply@{SOUQNA_DOMAIN}"
if not is_bare_address(DEFAULT_FROM_EMAIL):
    message = f"EMAIL_FROM must be an address alone, without a name: {DEFAULT_FROM_EMAIL!r} is none"
    raise ImproperlyConfigured(f"{message} (docs/configuration.md)")
# Longer than a mail server that hangs at every step takes.
MESSAGE_LEASE = 180
# With waits that double up to an hour: about eight hours.
MESSAGE_MAX_ATTEMPTS = 16
MESSAGE_BACKOFF = 15

# Text, language, time -----------------------------------------------------------------------------
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("ar", "العربية"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]

# Files --------------------------------------------------------------------------------------------
# Neither is relative: that would take the first request's script prefix for the process.
STATIC_URL = "/static/"
# Where browsers fetch pictures: our own route, or a CDN in front of the bucket.
MEDIA_URL: str = env.str("SOUQNA_MEDIA_URL", "/media/").rstrip("/") + "/"
STATIC_ROOT = SOUQNA_STATE / "static"
MEDIA_ROOT = SOUQNA_STATE / "media"
STATICFILES_DIRS = [ROOT / "static"]
AWS_REGION: str = env.str("AWS_REGION", "me-south-1")
AWS_STORAGE_BUCKET_NAME: str = env.str("AWS_STORAGE_BUCKET_NAME", "")
_FILES: dict[str, Any] = {"BACKEND": "tenants.gateways.storage.TenantFileStorage"}
if AWS_STORAGE_BUCKET_NAME:
    _FILES = {
        "BACKEND": "tenants.gateways.s3.TenantS3Storage",
        "OPTIONS": {
            "bucket_name": AWS_STORAGE_BUCKET_NAME,
            "region_name": AWS_REGION,
            "signature_version": "s3v4",
        },
    }
STORAGES = {
    "default": _FILES,
    "staticfiles": {"BACKEND": "config.staticfiles.ManifestStorage"},
}

# People -------------------------------------------------------------------------------------------
# Passwords are the identity engine's matter: Django itself lets nobody in.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.BaseBackend"]
LOGIN_REDIRECT_URL = "/"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_ENGINE = "tenants.gateways.sessions"
_SECURE = SOUQNA_SCHEME == "https"
SESSION_COOKIE_NAME = "__Host-session" if _SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _SECURE else "csrf"
REFRESH_COOKIE_NAME = "__Host-refresh" if _SECURE else "refresh"
CART_COOKIE_NAME = "__Host-cart" if _SECURE else "cart"
CART_COOKIE_SECURE = _SECURE
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "tenants.validators.passwords.LengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
MFA_ADAPTER = "tenants.identity.embedded.adapter.EncryptingAdapter"
# A phone's clock may be half a minute off: its own step and its neighbours count.
MFA_TOTP_TOLERANCE = 1
# Which engine checks passwords and issues tokens.
IDENTITY_ENGINE: str = env.str("IDENTITY_ENGINE", "embedded")
if IDENTITY_ENGINE not in ("embedded", "cognito"):
    message = f"IDENTITY_ENGINE must be embedded or cognito, not {IDENTITY_ENGINE!r}"
    raise ImproperlyConfigured(f"{message} (docs/configuration.md)")
COGNITO_USER_POOL_ID: str = env.str("COGNITO_USER_POOL_ID", "")
COGNITO_CLIENT_ID: str = env.str("COGNITO_CLIENT_ID", "")
COGNITO_CLIENT_SECRET: str = env.str("COGNITO_CLIENT_SECRET", "")
if IDENTITY_ENGINE == "cognito":
    for _name in ("COGNITO_USER_POOL_ID", "COGNITO_CLIENT_ID"):
        if not env.str(_name, ""):
            message = f"{_name} is not set: IDENTITY_ENGINE=cognito needs it"
            raise ImproperlyConfigured(f"{message} (docs/configuration.md)")
    IDENTITY_ISSUER = f"https://cognito-idp.{AWS_REGION}.amazonaws.com/{COGNITO_USER_POOL_ID}"
    IDENTITY_CLIENT_ID = COGNITO_CLIENT_ID
else:
    IDENTITY_ISSUER = own_address("app", SOUQNA_SCHEME, SOUQNA_DOMAIN, SOUQNA_PORT)
    IDENTITY_CLIENT_ID = "souqna"
IDENTITY_KEYS_URL = f"{IDENTITY_ISSUER}/.well-known/jwks.json"
# Keys whose private half is public, by the SHA-256 of their modulus: moto's signs in many test suites.
IDENTITY_REFUSED_KEYS: frozenset[str] = frozenset(
    ["60ececf17e149ab77be01dedd94c3fb8a0c33c70d4a78b1c3807b097c7c506be"]
)
# "Continue with SSO": any OpenID Connect issuer.
OIDC_ISSUER: str = env.str("OIDC_ISSUER", "").rstrip("/")
OIDC_CLIENT_ID: str = env.str("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET: str = env.str("OIDC_CLIENT_SECRET", "")
if OIDC_ISSUER and not OIDC_CLIENT_ID:
    message = "OIDC_CLIENT_ID is not set: OIDC_ISSUER needs it"
    raise ImproperlyConfigured(f"{message} (docs/configuration.md)")
# mozilla-django-oidc's own; tenants.identity.sso does what these don't.
OIDC_RP_SCOPES = "openid email profile"
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_USE_PKCE = True
OIDC_AUTHENTICATION_CALLBACK_URL = "oidc-callback"
OIDC_MAX_STATES = 10
# Seconds for each question to the provider.
OIDC_TIMEOUT = 5
# Our own middleware protects the surfaces that have a session from forged forms, and knows who asks; the
# checks look for Django's classes.
SILENCED_SYSTEM_CHECKS = ["security.W003", "admin.E408"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "tenants.views.problems.csrf_failed"

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["tenants.api.parsers.BoundedJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "EXCEPTION_HANDLER": "tenants.api.problems.problem_handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Souqna",
    "DESCRIPTION": "Money is text with three decimals (KWD), times are ISO 8601, problems are RFC 9457.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "OrderStatus": "capture.enums.OrderStatus",
        "ItemKind": "storefront.enums.ItemKind",
        "ItemStatus": "storefront.enums.ItemStatus",
        "TenantKind": "tenants.enums.TenantKind",
        "TenantStatus": "tenants.enums.TenantStatus",
        "Role": "tenants.enums.Role",
        "Language": LANGUAGES,
    },
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "/static/img/mark.svg",
}
# Another origin may call the APIs only if it is listed. The refresh cookie comes along where the browser
# counts both as one site; what it opens asks for its token and origin as well.
CORS_ALLOW_CREDENTIALS = bool(SOUQNA_CLIENT_ORIGINS)
CORS_ALLOWED_ORIGINS = SOUQNA_CLIENT_ORIGINS
CORS_URLS_REGEX = r"^/(?:[^/]+/)?api/"
CORS_ALLOW_HEADERS = [
    "accept", "accept-language", "authorization", "content-type", "idempotency-key",
    "last-event-id", "x-csrftoken",
]  # fmt: skip
CORS_EXPOSE_HEADERS = ["idempotent-replayed", "location", "retry-after", "x-request-id"]

# Logs ---------------------------------------------------------------------------------------------
LOG_FORMAT: str = env.str("LOG_FORMAT", "json")
LOG_LEVEL: str = env.str("LOG_LEVEL", "INFO")
LOGGING = logging_config(log_format=LOG_FORMAT, level=LOG_LEVEL)
LOGGING_CONFIG = "config.logging.configure"
