"""Variants of an item: sizes, colours, flavours."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from storefront.models.items import FEW, MOST_OF_ONE, CatalogItem, amount_between
from tenants.db.models import TenantModel
from tenants.models.bilingual import spoken


class ItemVariant(TenantModel):
    """One way to have an item, with its own price (KWD; None: on request) and stock (None: not
    counted).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The unique constraint below leads with it: an index of its own would be a second one.
    item = models.ForeignKey(
        CatalogItem, on_delete=models.CASCADE, related_name="variants", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    name_ar = models.CharField(_("name in Arabic"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=3, null=True, blank=True)
    stock = models.PositiveIntegerField(_("stock"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        """Django's options."""

        db_table = "catalog_variants"
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Deferred: variants change places with one another.
            models.UniqueConstraint(
                fields=["item", "position"],
                name="catalog_variants_place",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=amount_between("price"), name="catalog_variants_price"
            ),
        ]

    def __str__(self) -> str:
        return self.name_en

    @property
    def name(self) -> str:
        """The name in the language in force."""
        return spoken(self.name_ar, self.name_en)

    @property
    def is_available(self) -> bool:
        """Whether one is left."""
        return self.stock != 0

    @property
    def is_scarce(self) -> bool:
        """Whether so few are left that visitors should know."""
        return self.stock is not None and 0 < self.stock <= FEW

    @property
    def can_be_chosen(self) -> bool:
        """Whether a visitor can have one now, at a price."""
        return self.is_available and self.price is not None

    @property
    def most(self) -> int:
        """The most that one order may hold of it now: 0 when it is sold out. Reads the item, which should
        be at hand.
        """
        bounds = [MOST_OF_ONE, self.item.max_quantity, self.stock]
        return min(bound for bound in bounds if bound is not None)
