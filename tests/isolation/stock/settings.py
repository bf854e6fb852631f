"""Stock django-tenants as its documentation has it: one login that owns all. Given by `STOCK_*`."""

import os

_database = {
    "ENGINE": "django_tenants.postgresql_backend",
    "HOST": "127.0.0.1",
    "PORT": os.environ["STOCK_PORT"],
    "NAME": os.environ["STOCK_NAME"],
    "USER": os.environ["STOCK_NAME"],
    "PASSWORD": os.environ["STOCK_NAME"],
}
DATABASES = {
    "default": {**_database, "CONN_MAX_AGE": None},
}
BOUNCER_PORT = os.environ.get("STOCK_BOUNCER_PORT", "")
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
SHARED_APPS = ["django_tenants", "tests.isolation.stock", "django.contrib.contenttypes"]
TENANT_APPS = ["tests.isolation.stock"]
INSTALLED_APPS = SHARED_APPS
TENANT_MODEL = "stock.Tenant"
TENANT_DOMAIN_MODEL = "stock.Domain"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY = "stock"
USE_TZ = True
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "plain"},
    "keyed": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "keyed",
        "KEY_FUNCTION": "django_tenants.cache.make_key",
    },
}
MEDIA_ROOT = os.environ["STOCK_MEDIA"]
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django_tenants.files.storage.TenantFileSystemStorage"},
}
