"""Settings of stock django-tenants: the floor's, with its backend, on our database."""

import os

import environ

from tests.bench.floor.settings import *

INSTALLED_APPS = ["django_tenants", "django.contrib.contenttypes", "django.contrib.staticfiles"]
TENANT_MODEL = TENANT_DOMAIN_MODEL = "bench.Order"  # named, never asked for
SHARED_APPS = TENANT_APPS = INSTALLED_APPS
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
DATABASES = {
    "default": {
        **environ.Env.db_url_config(os.environ["DATABASE_OWNER_URL"]),
        "ENGINE": "django_tenants.postgresql_backend",
        "CONN_MAX_AGE": 600,
    }
}
