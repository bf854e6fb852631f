"""Tenants, their hosts, their items, and a shared table."""

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


class Tenant(TenantMixin):
    auto_create_schema = False


class Domain(DomainMixin):
    pass


class Item(models.Model):
    title = models.TextField()

    class Meta:
        db_table = "items"

    def __str__(self):
        return self.title


class Member(models.Model):
    tenant = models.TextField()
    name = models.TextField()

    class Meta:
        db_table = "members"

    def __str__(self):
        return self.name
