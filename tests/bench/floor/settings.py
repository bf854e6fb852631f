"""Settings of the floor. What is in both projects has the value that ours has."""

import os
from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

ROOT = Path(__file__).resolve().parents[3]
STATE = Path(os.environ["SOUQNA_STATE"])

SECRET_KEY = "a-key-for-the-benchmark-only-and-nothing-else-at-all"
DEBUG = False
DEBUG_PROPAGATE_EXCEPTIONS = True  # a fault is to be seen, not rendered
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.staticfiles", "tests.bench.floor"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Each for a header or a redirect that our answers have too.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "tests.bench.floor.urls"
WSGI_APPLICATION = "tests.bench.floor.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "context_processors": ["tests.bench.floor.views.site"],
            "libraries": {
                "live": "storefront.templatetags.live",
                "money": "tenants.templatetags.money",
                "phones": "tenants.templatetags.phones",
                "themes": "storefront.templatetags.themes",
            },
        },
    }
]
DATABASES = {
    "default": {
        **environ.Env.db_url_config(os.environ["FLOOR_DATABASE_URL"]),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
}

USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("ar", _("Arabic")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
STATIC_URL = "/static/"
MEDIA_URL = "/media/"
STATIC_ROOT = STATE / "static"
MEDIA_ROOT = STATE / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
if os.environ.get("SOUQNA_SCHEME") == "https":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
