"""The table and the five statements of the row `transaction`, the same for every side."""

from decimal import Decimal

from django.db import models, transaction


class OrderFields(models.Model):
    """Something of an order."""

    customer = models.CharField(max_length=120)
    status = models.CharField(max_length=20, default="pending")
    total = models.DecimalField(max_digits=12, decimal_places=3)
    note = models.TextField(blank=True, default="")

    class Meta:
        abstract = True


def take_order(model: type[models.Model]) -> None:
    """INSERT, SELECT, UPDATE, SELECT, UPDATE, in one transaction."""
    with transaction.atomic():
        key = model.objects.create(customer="Noura Al-Mutairi", total=Decimal("12.500")).pk
        order = model.objects.get(pk=key)
        order.status = "confirmed"
        order.save(update_fields=["status"])
        status, total = model.objects.values_list("status", "total").get(pk=key)
        model.objects.filter(pk=key).update(note=f"{status}: {total}")
