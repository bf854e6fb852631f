"""What tenants subscribe to."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.db.access import TableAccess
from tenants.db.models import SharedModel
from tenants.models.bilingual import spoken


class Plan(SharedModel):
    """A plan and its price. Tenants and visitors read it, operators write it."""

    access: ClassVar[TableAccess] = TableAccess(tenant="SELECT", public="SELECT")

    code = models.CharField(_("code"), max_length=20, primary_key=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    monthly_price = models.DecimalField(
        _("price a month, in dinars"),
        max_digits=12,
        decimal_places=3,
        validators=[MinValueValidator(0)],
    )
    max_items = models.PositiveIntegerField(
        _("most items"), null=True, blank=True, help_text=_("Empty: as many as they like.")
    )
    is_public = models.BooleanField(_("open to new organisations"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        """Django's options."""

        db_table = "plans"
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering: ClassVar[list[str]] = ["position", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # `<=`: NaN sorts above every number.
            models.CheckConstraint(
                condition=models.Q(monthly_price__gte=0, monthly_price__lte=999_999_999),
                name="plans_monthly_price",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language in force."""
        return spoken(self.name_ar, self.name_en)
