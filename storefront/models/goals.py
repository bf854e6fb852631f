"""How far a project has come toward its goal."""

from decimal import Decimal
from typing import ClassVar

from django.db import models

from storefront.models.items import CatalogItem
from tenants.db.models import TenantModel

_LAYERS = ("received", "pending", "pledged")


class GoalTotals(TenantModel):
    """What was given to one project so far, in KWD: `received` (less refunds), `pending` (said to be on
    its way) and `pledged` (promised and still open). Written by those who write the gifts, in their
    transaction; no row: nothing yet.
    """

    item = models.OneToOneField(
        CatalogItem, on_delete=models.CASCADE, primary_key=True, related_name="totals"
    )
    received = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    pending = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    pledged = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))

    class Meta(TenantModel.Meta):
        """Django's options."""

        db_table = "goal_totals"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(
                    **{f"{layer}__gte": Decimal(0) for layer in _LAYERS},
                    **{f"{layer}__lte": Decimal("99999999999.999") for layer in _LAYERS},
                ),
                name="goal_totals_amounts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received} received"
