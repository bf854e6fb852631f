"""Categories: how a catalog is divided."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.db.models import TenantModel
from tenants.models.bilingual import spoken
from tenants.validators.slugs import validate_slug_form


class Category(TenantModel):
    """A part of the catalog that visitors can look at alone. An item may be in several."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.CharField(_("address"), max_length=63, validators=[validate_slug_form])
    name_ar = models.CharField(_("name in Arabic"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    position = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        """Django's options."""

        db_table = "catalog_categories"
        ordering: ClassVar[list[str]] = ["position", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["slug"], name="catalog_categories_slug"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def name(self) -> str:
        """The name in the language in force."""
        return spoken(self.name_ar, self.name_en)


class ItemCategory(TenantModel):
    """An item's being in a category."""

    # The unique constraint below leads with it.
    item = models.ForeignKey("storefront.CatalogItem", on_delete=models.CASCADE, db_index=False)
    category = models.ForeignKey(Category, on_delete=models.CASCADE)

    class Meta(TenantModel.Meta):
        """Django's options."""

        db_table = "catalog_item_categories"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["item", "category"], name="catalog_item_categories_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} in {self.category_id}"
