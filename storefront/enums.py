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


class BulkAction(models.TextChoices):
    """What staff do with many items at once."""

    PUBLISH = "publish", _("Publish")
    DRAFT = "draft", _("Make a draft")
    ARCHIVE = "archive", _("Archive")
    FEATURE = "feature", _("Feature")
    UNFEATURE = "unfeature", _("Don’t feature")
    ADD_CATEGORY = "add_category", _("Add to a category")
    REMOVE_CATEGORY = "remove_category", _("Remove from a category")
    DELETE = "delete", _("Delete")


class Offer(models.TextChoices):
    """What a storefront takes from its visitors."""

    ORDERS = "orders", _("Orders")
    DONATIONS = "donations", _("Donations")
    PLEDGES = "pledges", _("Pledges")


class MediaStatus(models.TextChoices):
    """How far a picture has come on its way from a browser into the catalog."""

    PENDING = "pending", _("Waiting for the file")
    PROCESSING = "processing", _("Being prepared")
    READY = "ready", _("Ready")
    REJECTED = "rejected", _("Not accepted")


class MediaFault(models.TextChoices):
    """Why an uploaded file was not taken; the label is what people are told."""

    MISSING = "missing", _("The file didn’t arrive. Please upload it again.")
    SIZE = "size", _("The file didn’t arrive whole. Please upload it again.")
    TYPE = "type", _("The file is not the kind of picture that its name says.")
    PIXELS = "pixels", _("The picture has too many pixels. Up to 64 megapixels are fine.")
    UNREADABLE = "unreadable", _("The picture is damaged and can’t be read.")
    FAILED = "failed", _("Something went wrong on our side. Please upload it again.")


class Channel(models.TextChoices):
    """Google Analytics 4's default channel groups."""

    DIRECT = "Direct", _("Direct")
    CROSS_NETWORK = "Cross-network", _("Cross-network")
    PAID_SHOPPING = "Paid Shopping", _("Paid shopping")
    PAID_SEARCH = "Paid Search", _("Paid search")
    PAID_SOCIAL = "Paid Social", _("Paid social")
    PAID_VIDEO = "Paid Video", _("Paid video")
    DISPLAY = "Display", _("Display ads")
    PAID_OTHER = "Paid Other", _("Other paid")
    ORGANIC_SHOPPING = "Organic Shopping", _("Shopping sites")
    ORGANIC_SOCIAL = "Organic Social", _("Social media")
    ORGANIC_VIDEO = "Organic Video", _("Video sites")
    ORGANIC_SEARCH = "Organic Search", _("Search engines")
    REFERRAL = "Referral", _("Other sites")
    EMAIL = "Email", _("E-mail campaigns")
    AFFILIATES = "Affiliates", _("Affiliates")
    AUDIO = "Audio", _("Audio ads")
    SMS = "SMS", _("SMS")
    PUSH = "Mobile Push Notifications", _("Push notifications")
    UNASSIGNED = "Unassigned", _("Unassigned")


class ItemSort(models.TextChoices):
    """In what order a visitor looks at the catalog, other than the tenant's own."""

    NEWEST = "newest", _("Newest first")
    CHEAPEST = "price", _("Lowest price first")
    DEAREST = "-price", _("Highest price first")
