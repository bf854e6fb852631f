"""Choices of the tenancy models."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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


class MfaPolicy(models.TextChoices):
    """Whom a tenant asks for a second factor."""

    OFF = "off", _("Nobody has to")
    ADMINS = "admins", _("Owners and admins")
    EVERYONE = "everyone", _("Everyone")


class LoginKind(models.TextChoices):
    """How a login goes on: with a session cookie, or with a refresh token."""

    BROWSER = "browser", "browser"
    API = "api", "api"


class CodePurpose(models.TextChoices):
    """What a code sent by e-mail is good for."""

    SIGN_UP = "sign_up", "sign_up"
    RESET = "reset", "reset"
    CHANGE_EMAIL = "change_email", "change_email"


class Surface(models.TextChoices):
    """The four kinds of host."""

    STOREFRONT = "storefront", "storefront"
    APP = "app", "app"
    ADMIN = "admin", "admin"
    LANDING = "landing", "landing"


class AbuseReason(models.TextChoices):
    """What a visitor reports a storefront for."""

    FRAUD = "fraud", _("Fraud or deception")
    PROHIBITED = "prohibited", _("Something that may not be sold or collected for")
    STOLEN = "stolen", _("Stolen pictures, name or brand")
    OFFENSIVE = "offensive", _("Offensive or hateful content")
    OTHER = "other", _("Something else")


class ReportStatus(models.TextChoices):
    """How far the operators are with a report."""

    NEW = "new", pgettext_lazy("report", "New")
    SEEN = "seen", pgettext_lazy("report", "Looked at")
    CLOSED = "closed", pgettext_lazy("report", "Closed")
