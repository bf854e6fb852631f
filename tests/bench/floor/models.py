"""The rows of a storefront that the floor shares with us, as plain models.

Fields in the order of ours, with the same keys, checks and indexes: the SQL of both is compared word
for word. `tests.bench.floor.orders` has the tables of ordering.
"""

import uuid
from contextvars import ContextVar
from decimal import Decimal
from functools import partial

from django.core.files.storage import default_storage
from django.db import models
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tests.bench.orders import OrderFields

#: The folder of the site whose page is made.
FOLDER: ContextVar[str] = ContextVar("folder")
MOST = Decimal("999999999.999")
_KINDS = {"product": _("Product"), "service": _("Service"), "project": _("Project")}
_STATUSES = ("draft", "published", "archived")
_MOST_OF_ONE = 999
_FEW = 5


def _arabic() -> bool:
    return (translation.get_language() or "").startswith("ar")


def between(field: str, *, least: Decimal = Decimal(0)) -> models.Q:
    """A CHECK condition."""
    return models.Q(**{f"{field}__gte": least, f"{field}__lte": MOST})


def _empty(field: str) -> models.Q:
    return models.Q(**{f"{field}__isnull": True})


_Line = partial(models.CharField, max_length=500, blank=True, default="", db_default="")
_Text = partial(models.TextField, blank=True, default="", db_default="")


class StorefrontSettings(models.Model):
    """`storefront.models.StorefrontSettings`."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    tagline_ar = models.CharField(max_length=160, blank=True, default="")
    tagline_en = models.CharField(max_length=160, blank=True, default="")
    about_ar = models.TextField(blank=True, default="")
    about_en = models.TextField(blank=True, default="")
    accent = models.CharField(max_length=7, default="#0f6b5c")
    phone = models.CharField(max_length=16, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    accepts = models.JSONField(null=True, blank=True)
    logo = models.ForeignKey(
        "MediaAsset", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    cover = models.ForeignKey(
        "MediaAsset", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    announcement_ar = _Line()
    announcement_en = _Line()
    announcement_url = _Line()
    announcement_until = models.DateTimeField(null=True)
    whatsapp = _Line()
    address_ar = _Line()
    address_en = _Line()
    map_url = _Line()
    opening_hours = models.JSONField(default=dict, db_default={})
    social = models.JSONField(default=dict, db_default={})
    takes_cash = models.BooleanField(default=True, db_default=True)
    iban = _Line()
    bank_name = _Line()
    account_holder = _Line()
    wamd = _Line()
    payment_url = _Line()
    payment_note_ar = _Line()
    payment_note_en = _Line()
    licence_number = _Line()
    privacy_ar = _Text()
    privacy_en = _Text()
    returns_ar = _Text()
    returns_en = _Text()
    delivery_ar = _Text()
    delivery_en = _Text()
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        db_table = "storefront_settings"

    @property
    def tagline(self) -> str:
        return self.tagline_ar if _arabic() else self.tagline_en

    @property
    def about(self) -> str:
        return self.about_ar if _arabic() else self.about_en

    @property
    def announcement(self) -> str:
        return self.announcement_ar if _arabic() else self.announcement_en

    @property
    def address(self) -> str:
        return self.address_ar if _arabic() else self.address_en


class CatalogItem(models.Model):
    """`storefront.models.CatalogItem`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=_KINDS)
    slug = models.CharField(max_length=63)
    name_ar = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160)
    description_ar = models.TextField(blank=True, default="")
    description_en = models.TextField(blank=True, default="")
    price = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    stock = models.PositiveIntegerField(null=True, blank=True)
    max_quantity = models.PositiveIntegerField(null=True, blank=True)
    goal = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    status = models.CharField(max_length=10, default="draft")
    has_variants = models.BooleanField(default=False, db_default=False)
    is_featured = models.BooleanField(default=False, db_default=False)
    publish_at = models.DateTimeField(null=True)
    ends_on = models.DateField(null=True)
    position = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "catalog_items"
        ordering = ["position", "created_at", "id"]
        indexes = [
            models.Index(
                fields=["position", "created_at", "id"],
                condition=models.Q(status="published"),
                name="catalog_items_shown",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="catalog_items_slug"),
            models.CheckConstraint(condition=models.Q(kind__in=_KINDS), name="catalog_items_kind"),
            models.CheckConstraint(
                condition=models.Q(status__in=_STATUSES), name="catalog_items_status"
            ),
            models.CheckConstraint(
                condition=_empty("price") | between("price"), name="catalog_items_price"
            ),
            models.CheckConstraint(
                condition=_empty("goal") | between("goal", least=Decimal("0.001")),
                name="catalog_items_goal",
            ),
            models.CheckConstraint(
                condition=_empty("max_quantity") | models.Q(max_quantity__gte=1),
                name="catalog_items_max_quantity",
            ),
        ]

    @property
    def name(self) -> str:
        return self.name_ar if _arabic() else self.name_en

    @property
    def description(self) -> str:
        return self.description_ar if _arabic() else self.description_en

    @property
    def is_orderable(self) -> bool:
        return self.kind != "project" and self.price is not None

    @property
    def is_available(self) -> bool:
        return self.status == "published" and self.stock != 0

    @property
    def is_scarce(self) -> bool:
        return self.stock is not None and 0 < self.stock <= _FEW

    @property
    def pictures(self) -> list["MediaAsset"]:
        return [asset for asset in self.media.all() if asset.renditions]

    @property
    def most(self) -> int:
        bounds = (_MOST_OF_ONE, self.max_quantity, self.stock)
        return min(bound for bound in bounds if bound is not None)


class GoalTotals(models.Model):
    """`storefront.models.GoalTotals`."""

    item = models.OneToOneField(
        CatalogItem, on_delete=models.CASCADE, primary_key=True, related_name="totals"
    )
    received = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    pending = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    pledged = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))

    class Meta:
        db_table = "goal_totals"


class MediaAsset(models.Model):
    """`storefront.models.MediaAsset`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(
        CatalogItem, on_delete=models.SET_NULL, null=True, related_name="media"
    )
    position = models.PositiveIntegerField(default=0)
    alt_ar = models.CharField(max_length=200, blank=True, default="")
    alt_en = models.CharField(max_length=200, blank=True, default="")
    renditions = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now())
    loose_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "media_assets"
        ordering = ["position", "created_at", "id"]

    @property
    def alt(self) -> str:
        return self.alt_ar if _arabic() else self.alt_en

    @property
    def urls(self) -> list[dict[str, object]]:
        """What a project with a folder for each site would do."""
        folder = FOLDER.get()
        return [
            {
                "url": default_storage.url(f"{folder}/{rendition['name']}"),
                "width": rendition["width"],
                "height": rendition["height"],
                "content_type": rendition["content_type"],
            }
            for rendition in self.renditions
        ]

    @property
    def shown(self) -> dict[str, object]:
        sources: dict[object, list[str]] = {}
        one: dict[str, object] = {}
        for one in self.urls:
            sources.setdefault(one["content_type"], []).append(f"{one['url']} {one['width']}w")
        return {
            **one,
            "sources": [
                {"type": content_type, "srcset": ", ".join(addresses)}
                for content_type, addresses in sources.items()
            ],
        }


class Site(models.Model):
    """What the page says of a tenant. Made once a process and kept in memory; there is no table."""

    name_ar = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    kind = models.CharField(
        max_length=10,
        choices={"shop": _("Shop"), "charity": _("Charity"), "project": _("Project")},
    )
    folder = models.UUIDField()

    class Meta:
        managed = False

    @property
    def name(self) -> str:
        return self.name_ar if _arabic() else self.name_en


class Order(OrderFields):
    """An order of the row `transaction`."""

    class Meta(OrderFields.Meta):
        abstract = False
        db_table = "bench_orders"
