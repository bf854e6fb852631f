"""The rows of a storefront that the floor shares with us, as plain models.

Fields in the order of ours, with the same keys, checks and indexes: the SQL of both is compared word
for word. `tests.bench.floor.frames` has the settings, `tests.bench.floor.orders` the tables of ordering.
"""

import uuid
from contextvars import ContextVar
from decimal import Decimal

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


def spoken(arabic: str, english: str) -> str:
    """The one in the language in force."""
    return arabic if (translation.get_language() or "").startswith("ar") else english


def between(field: str, *, least: Decimal = Decimal(0)) -> models.Q:
    """A CHECK condition."""
    return models.Q(**{f"{field}__gte": least, f"{field}__lte": MOST})


def _empty(field: str) -> models.Q:
    return models.Q(**{f"{field}__isnull": True})


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
    categories = models.ManyToManyField("Category", through="ItemCategory", related_name="items")
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
        return spoken(self.name_ar, self.name_en)

    @property
    def description(self) -> str:
        return spoken(self.description_ar, self.description_en)

    @property
    def is_orderable(self) -> bool:
        return self.kind != "project" and self.price is not None

    @property
    def has_a_choice(self) -> bool:
        return not self.has_variants or any(one.can_be_chosen for one in self.variants.all())

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
        return spoken(self.alt_ar, self.alt_en)

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


class ItemVariant(models.Model):
    """`storefront.models.ItemVariant`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(
        CatalogItem, on_delete=models.CASCADE, related_name="variants", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    name_ar = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    price = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    stock = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        db_table = "catalog_variants"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "position"],
                name="catalog_variants_place",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=_empty("price") | between("price"), name="catalog_variants_price"
            ),
        ]

    @property
    def can_be_chosen(self) -> bool:
        return self.stock != 0 and self.price is not None


class Category(models.Model):
    """`storefront.models.Category`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.CharField(max_length=63)
    name_ar = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "catalog_categories"
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["slug"], name="catalog_categories_slug")]

    @property
    def name(self) -> str:
        return spoken(self.name_ar, self.name_en)


class ItemCategory(models.Model):
    """`storefront.models.ItemCategory`."""

    item = models.ForeignKey(CatalogItem, on_delete=models.CASCADE, db_index=False)
    category = models.ForeignKey(Category, on_delete=models.CASCADE)

    class Meta:
        db_table = "catalog_item_categories"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "category"], name="catalog_item_categories_once"
            )
        ]


class Site(models.Model):
    """What the page says of a tenant. Made once a process and kept in memory; there is no table."""

    slug = models.CharField(max_length=63)
    name_ar = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    default_language = models.CharField(max_length=2)
    kind = models.CharField(
        max_length=10,
        choices={"shop": _("Shop"), "charity": _("Charity"), "project": _("Project")},
    )
    folder = models.UUIDField()

    class Meta:
        managed = False

    @property
    def name(self) -> str:
        return spoken(self.name_ar, self.name_en)


class Order(OrderFields):
    """An order of the row `transaction`."""

    class Meta(OrderFields.Meta):
        abstract = False
        db_table = "bench_orders"
