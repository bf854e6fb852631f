"""How a tenant's storefront presents itself."""

from typing import ClassVar

from django.db import models

from tenants.db.models import TenantModel
from tenants.models.bilingual import spoken


class StorefrontSettings(TenantModel):
    """The one row of a tenant's storefront settings (its key is always 1)."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    tagline_ar = models.CharField(max_length=160, blank=True, default="")
    tagline_en = models.CharField(max_length=160, blank=True, default="")
    about_ar = models.TextField(blank=True, default="")
    about_en = models.TextField(blank=True, default="")
    accent = models.CharField(max_length=7, default="#0f6b5c")
    phone = models.CharField(max_length=16, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    # None: what an organisation of this kind usually takes (storefront.queries.settings).
    accepts = models.JSONField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        """Django's options."""

        db_table = "storefront_settings"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="storefront_settings_one"),
            models.CheckConstraint(
                condition=models.Q(accent__regex=r"^#[0-9a-f]{6}$"),
                name="storefront_settings_accent",
            ),
        ]

    def __str__(self) -> str:
        return self.tagline_en

    @property
    def tagline(self) -> str:
        """One line under the name, in the language in force."""
        return spoken(self.tagline_ar, self.tagline_en)

    @property
    def about(self) -> str:
        """A paragraph about the tenant, in the language in force."""
        return spoken(self.about_ar, self.about_en)
