"""What a tenant offers, and the pictures of it."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from storefront.enums import ItemKind, ItemStatus
from storefront.validators.words import entries_of
from tenants.db.models import TenantModel
from tenants.models.bilingual import spoken
from tenants.validators.slugs import validate_slug_form

if TYPE_CHECKING:
    from storefront.models.media import MediaAsset

#: The most that one price, goal or total may be, in KWD (`numeric(12,3)`, and NaN sorts above it).
MOST = Decimal("999999999.999")
ZERO = Decimal(0)


def amount_between(field: str, *, least: Decimal = ZERO) -> models.Q:
    """A CHECK condition: null, or an amount from `least` to `MOST` KWD; NaN is refused too."""
    return models.Q(**{f"{field}__isnull": True}) | models.Q(
        **{f"{field}__gte": least, f"{field}__lte": MOST}
    )


class CatalogItem(TenantModel):
    """A product, a service or a project, in both languages.

    `price` is in KWD; None means "on request", or for a project "what you like". `stock` None means
    that it isn't counted; `max_quantity` is the most in one order. Of an item with variants, `price`
    is the lowest of theirs and `stock` what is left of them all (None if one of them isn't counted), so
    that lists needn't read them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=ItemKind.choices)
    slug = models.CharField(_("address"), max_length=63, validators=[validate_slug_form])
    name_ar = models.CharField(_("name in Arabic"), max_length=160)
    name_en = models.CharField(_("name in English"), max_length=160)
    description_ar = models.TextField(_("description in Arabic"), blank=True, default="")
    description_en = models.TextField(_("description in English"), blank=True, default="")
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=3, null=True, blank=True)
    stock = models.PositiveIntegerField(_("stock"), null=True, blank=True)
    max_quantity = models.PositiveIntegerField(_("maximum quantity"), null=True, blank=True)
    goal = models.DecimalField(_("goal"), max_digits=12, decimal_places=3, null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=ItemStatus.choices, default=ItemStatus.DRAFT
    )
    has_variants = models.BooleanField(default=False, db_default=False)
    is_featured = models.BooleanField(_("featured"), default=False, db_default=False)
    #: From when a published item is shown; None: at once.
    publish_at = models.DateTimeField(_("shown from"), null=True, blank=True)
    #: The last day of a project, in the tenants' time zone; None: it stays open.
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    categories = models.ManyToManyField(
        "storefront.Category", through="storefront.ItemCategory", related_name="items"
    )
    position = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    #: Whether its variants differ in price. There where `storefront.queries.variants.with_price_range`
    #: asked for it.
    has_price_range: bool

    class Meta(TenantModel.Meta):
        """Django's options."""

        db_table = "catalog_items"
        ordering: ClassVar[list[str]] = ["position", "created_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["position", "created_at", "id"],
                condition=models.Q(status="published"),
                name="catalog_items_shown",
            ),
        ]
        # No `unique=True` on text: it would add a second index, for LIKE.
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["slug"], name="catalog_items_slug"),
            models.CheckConstraint(
                condition=models.Q(kind__in=ItemKind.values), name="catalog_items_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ItemStatus.values), name="catalog_items_status"
            ),
            models.CheckConstraint(condition=amount_between("price"), name="catalog_items_price"),
            models.CheckConstraint(
                condition=amount_between("goal", least=Decimal("0.001")), name="catalog_items_goal"
            ),
            models.CheckConstraint(
                condition=models.Q(max_quantity__isnull=True) | models.Q(max_quantity__gte=1),
                name="catalog_items_max_quantity",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Django's, and with it what the item is found by: one more statement. `bulk_create` and `update`
        go past it, and so does a save of some fields only.
        """
        super().save(*args, **kwargs)
        if kwargs.get("update_fields") is None:
            ItemWords.write([self])

    @property
    def name(self) -> str:
        """The name in the language in force."""
        return spoken(self.name_ar, self.name_en)

    @property
    def description(self) -> str:
        """The description in the language in force."""
        return spoken(self.description_ar, self.description_en)

    @property
    def is_published(self) -> bool:
        """Whether visitors see it, be it only from `publish_at` on."""
        return self.status == ItemStatus.PUBLISHED

    def is_visible(self, now: datetime) -> bool:
        """Whether visitors see it at `now`. In SQL it is `storefront.queries.visibility.visible`."""
        return self.is_published and (self.publish_at is None or self.publish_at <= now)

    @property
    def is_orderable(self) -> bool:
        """Whether it is of a kind that is ordered and has a price to order it at."""
        return self.kind != ItemKind.PROJECT and self.price is not None

    @property
    def has_a_choice(self) -> bool:
        """Whether one of its variants can be had now, or it has none. Reads them: have them at hand."""
        return not self.has_variants or any(one.can_be_chosen for one in self.variants.all())

    @property
    def is_available(self) -> bool:
        """Whether a visitor can have one now."""
        return self.is_published and self.stock != 0

    @property
    def is_scarce(self) -> bool:
        """Whether so few are left that visitors should know."""
        return self.stock is not None and 0 < self.stock <= FEW

    @property
    def pictures(self) -> list["MediaAsset"]:
        """The pictures that can be shown, in their order."""
        return [asset for asset in self.media.all() if asset.renditions]

    @property
    def most(self) -> int:
        """The most that one order may hold of it now: 0 when it is sold out."""
        bounds = [MOST_OF_ONE, self.max_quantity, self.stock]
        return min(bound for bound in bounds if bound is not None)


class ItemWords(TenantModel):
    """What an item is found by (`storefront.validators.words`). A row of its own: hundreds of words that
    only the search reads, and orders go on writing short rows without such an index.
    """

    item = models.OneToOneField(
        CatalogItem, on_delete=models.CASCADE, primary_key=True, related_name="words"
    )
    found_by = ArrayField(models.TextField())

    class Meta(TenantModel.Meta):
        """Django's options."""

        db_table = "catalog_words"
        # No `fastupdate`: each search would read through a thousand saves that wait for the index.
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["found_by"], name="catalog_words_found_by", fastupdate=False)
        ]

    def __str__(self) -> str:
        return str(self.item_id)

    @classmethod
    def write(cls, items: Iterable[CatalogItem]) -> None:
        """Have these items be found by what they say now. One statement."""
        cls.objects.bulk_create(
            [cls(item_id=item.id, found_by=_entries(item)) for item in items],
            update_conflicts=True,
            unique_fields=["item"],
            update_fields=["found_by"],
        )


def _entries(item: CatalogItem) -> list[str]:
    return entries_of(
        names=[item.name_ar, item.name_en, item.slug],
        descriptions=[item.description_ar, item.description_en],
    )


#: The most of one item in one order, where the item sets no maximum of its own.
MOST_OF_ONE = 999
#: The most that staff may put on a shelf: far below what the column holds, since cancelled orders
#: come back on top.
MOST_STOCK = 1_000_000
#: Up to so many left are few.
FEW = 5
