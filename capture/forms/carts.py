"""What is put into a cart, and how many of each."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from capture.domain.carts import Row
from capture.domain.quotes import Choice
from storefront.models import CatalogItem, ItemVariant
from storefront.models.items import MOST_OF_ONE


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
    """How many of one item, and which of its variants if it has some."""

    def __init__(self, data: Any = None, *, item: CatalogItem) -> None:
        """`item` should have its variants at hand."""
        super().__init__(data)
        most = item.max_quantity or MOST_OF_ONE
        self._variants = list(item.variants.all()) if item.has_variants else []
        if self._variants:
            self.fields["variant"] = self._variant_field()
        self.fields["quantity"] = QuantityField(label=_("Quantity"), least=1, most=most)

    def _variant_field(self) -> forms.ChoiceField:
        choices = [(str(variant.id), variant.name) for variant in self._variants]
        wrong = dict.fromkeys(("required", "invalid_choice"), _("Choose which one you want."))
        return forms.ChoiceField(label=_("Which one?"), choices=choices, error_messages=wrong)

    def clean_variant(self) -> ItemVariant:
        """The variant chosen, if it can be had."""
        sent = self.cleaned_data["variant"]
        chosen = next(variant for variant in self._variants if str(variant.id) == sent)
        if not chosen.is_available:
            raise ValidationError(_("%(name)s is sold out.") % {"name": chosen.name})
        if chosen.price is None:
            raise ValidationError(_("%(name)s can’t be ordered here.") % {"name": chosen.name})
        return chosen

    @property
    def variant(self) -> ItemVariant | None:
        """The variant chosen; None: the item has none."""
        chosen: ItemVariant | None = self.cleaned_data.get("variant")
        return chosen


class QuantitiesForm(forms.Form):
    """How many of each line in the cart; 0 takes one out."""

    def __init__(self, data: Any = None, *, rows: Sequence[Row]) -> None:
        super().__init__(data, auto_id="%s")
        self._rows = rows
        for row in rows:
            self.fields[_name_of(row)] = QuantityField(
                label=_("Quantity of %(name)s") % {"name": row.name},
                least=0,
                most=MOST_OF_ONE,
                initial=row.request.quantity,
            )

    @property
    def quantities(self) -> dict[Choice, int]:
        """The quantities sent, by choice."""
        return {row.request.choice: self.cleaned_data[_name_of(row)] for row in self._rows}

    def field_of(self, row: Row) -> forms.BoundField:
        """The field of a row."""
        return self[_name_of(row)]


def _name_of(row: Row) -> str:
    return f"q-{row.request.choice.text}"
