"""Settings of stock django-tenants for our own apps, as the owner, on our database."""

from config.settings.production import *

# First, so that its `migrate_schemas` is the command of that name.
INSTALLED_APPS = ["django_tenants", *(app for app in INSTALLED_APPS if app != "django_tenants")]
DATABASES = {"default": {**DATABASES["owner"], "CONN_MAX_AGE": 600}}
TENANT_DB_ALIAS = "default"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
