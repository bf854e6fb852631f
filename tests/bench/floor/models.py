"""The rows that the floor shares with us, as plain models.

Fields in the order of ours: the SQL of both is compared word for word.
"""

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tests.bench.orders import OrderFields


def _arabic() -> bool:
    return (translation.get_language() or "").startswith("ar")


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

    class Meta:
        db_table = "storefront_settings"

    @property
    def tagline(self) -> str:
        return self.tagline_ar if _arabic() else self.tagline_en

    @property
    def about(self) -> str:
        return self.about_ar if _arabic() else self.about_en


class Site(models.Model):
    """What the page says of a tenant. Made once a process and kept in memory; there is no table."""

    name_ar = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    kind = models.CharField(
        max_length=10,
        choices={"shop": _("Shop"), "charity": _("Charity"), "project": _("Project")},
    )

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
