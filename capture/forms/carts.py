"""What is put into a cart, and how many of each."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from capture.domain.carts import Row
from storefront.models import CatalogItem
from storefront.models.items import MOST_OF_ONE

_PREFIX = "q-"


class QuantityField(forms.IntegerField):
    """A whole number from `least` to `most`; every other is refused in the same words."""

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        super().__init__(min_value=least, max_value=most, **options)
        wrong = _("Enter a number from %(least)d to %(most)d.") % {"least": least, "most": most}
        codes = ("invalid", "required", "min_value", "max_value")
        self.error_messages.update(dict.fromkeys(codes, wrong))
        self.widget.attrs.update(inputmode="numeric", autocomplete="off")

    def to_python(self, value: Any) -> int | None:
        """The number. Python would read `1_0` as ten."""
        return super().to_python("?" if "_" in str(value) else value)


class AddForm(forms.Form):
    """How many of one item."""

    def __init__(self, data: Any = None, *, item: CatalogItem) -> None:
        super().__init__(data)
        most = item.max_quantity or MOST_OF_ONE
        self.fields["quantity"] = QuantityField(label=_("Quantity"), least=1, most=most)


class QuantitiesForm(forms.Form):
    """How many of each item in the cart; 0 takes one out."""

    def __init__(self, data: Any = None, *, rows: Iterable[Row]) -> None:
        super().__init__(data, auto_id="%s")
        for row in rows:
            name = row.item.name if row.item else ""
            self.fields[f"{_PREFIX}{row.request.item_id}"] = QuantityField(
                label=_("Quantity of %(name)s") % {"name": name},
                least=0,
                most=MOST_OF_ONE,
                initial=row.request.quantity,
            )

    @property
    def quantities(self) -> dict[UUID, int]:
        """The quantities sent, by item."""
        return {UUID(name.removeprefix(_PREFIX)): sent for name, sent in self.cleaned_data.items()}

    def field_of(self, row: Row) -> forms.BoundField:
        """The field of a row."""
        return self[f"{_PREFIX}{row.request.item_id}"]
