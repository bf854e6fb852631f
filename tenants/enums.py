"""Choices of the tenancy models."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TenantKind(models.TextChoices):
    """What sort of organisation a tenant is."""

    SHOP = "shop", _("Shop")
    CHARITY = "charity", _("Charity")
    PROJECT = "project", _("Project")


class TenantStatus(models.TextChoices):
    """Where a tenant is in its life."""

    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class Role(models.TextChoices):
    """What a member may do in a tenant."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    STAFF = "staff", _("Staff")


class Surface(models.TextChoices):
    """The four kinds of host."""

    STOREFRONT = "storefront", "storefront"
    APP = "app", "app"
    ADMIN = "admin", "admin"
    LANDING = "landing", "landing"
