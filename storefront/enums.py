"""Choices of the storefront's models."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemKind(models.TextChoices):
    """What sort of thing is offered: products and services are ordered, projects are given to."""

    PRODUCT = "product", _("Product")
    SERVICE = "service", _("Service")
    PROJECT = "project", _("Project")


class ItemStatus(models.TextChoices):
    """Whether visitors see an item."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


class Offer(models.TextChoices):
    """What a storefront takes from its visitors."""

    ORDERS = "orders", _("Orders")
    DONATIONS = "donations", _("Donations")
    PLEDGES = "pledges", _("Pledges")
