"""An item's variants in its form: a row each, and some to spare where no script adds them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dashboards.forms.fields import AmountField, LineField, WholeNumberField
from storefront.domain.variants import LONGEST_VARIANT_NAME, MOST_VARIANTS, Variants
from storefront.domain.variants import VariantContent as Content

PREFIX = "variants"
#: Empty rows of a page.
SPARE = 3


class VariantForm(forms.Form):
    """One variant. `id` is empty for a new one; `stock_seen` is as it was on the page."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    stock_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name_ar = LineField(
        label=_("In Arabic"),
        max_length=LONGEST_VARIANT_NAME,
        widget=forms.TextInput(attrs={"lang": "ar", "dir": "rtl", "translate": "no"}),
    )
    name_en = LineField(
        label=_("In English"),
        max_length=LONGEST_VARIANT_NAME,
        widget=forms.TextInput(attrs={"lang": "en", "dir": "ltr", "translate": "no"}),
    )
    price = AmountField(label=_("Price in dinars"), required=False)
    stock = WholeNumberField(label=_("Stock"), required=False, min_value=0)
    place = WholeNumberField(label=_("Place"), required=False)

    use_required_attribute = False

    @property
    def is_new(self) -> bool:
        """Whether nothing is kept under it yet."""
        return not self["id"].value()

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written in it."""
        return self.is_new and not any(self[name].value() for name in ("name_ar", "name_en"))

    def content(self) -> Content:
        """What was written."""
        names = ("id", "name_ar", "name_en", "price", "stock")
        return Content(**{name: self.cleaned_data[name] for name in names})


class VariantRows(BaseFormSet):  # type: ignore[type-arg]  # not subscriptable
    """The rows of an item's variants."""

    def add_fields(self, form: VariantForm, index: int | None) -> None:
        """With words for removing it."""
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Remove this variant")

    def kept(self) -> list[VariantForm]:
        """The rows that were written and are to stay, in the order asked for."""
        rows = [row for row in self.forms if row.cleaned_data and not row.cleaned_data["DELETE"]]
        return sorted(rows, key=lambda row: _place(row.cleaned_data["place"]))

    def content(self) -> Variants:
        """What was written."""
        return tuple(row.content() for row in self.kept())

    def seen(self, variants: Variants) -> Variants:
        """The item's variants with the stock that they had on the page."""
        stocks = {row.cleaned_data["id"]: row.cleaned_data["stock_seen"] for row in self._written()}
        return tuple(replace(one, stock=stocks.get(one.id, one.stock)) for one in variants)

    def refuse(self, texts: Iterable[str]) -> None:
        """Say what is wrong with them all."""
        self.non_form_errors().extend(texts)

    def see(self, variants: Variants) -> None:
        """Take it that the page shows `variants`: what is sent next is measured against them."""
        stocks = {str(one.id): one.stock for one in variants}
        data = cast("QueryDict", self.data).copy()
        for row in self.forms:
            own = str(row["id"].value() or "")
            data[row.add_prefix("stock_seen")] = str(_empty(stocks.get(own)))
            if own not in stocks:
                data[row.add_prefix("id")] = ""
        self.data = data
        for row in self.forms:
            row.data = data

    def _written(self) -> list[VariantForm]:
        return [row for row in self.forms if row.cleaned_data.get("id")]


_Rows = formset_factory(
    VariantForm,
    formset=VariantRows,
    extra=SPARE,
    can_delete=True,
    max_num=MOST_VARIANTS + SPARE,
    absolute_max=2 * MOST_VARIANTS,
)


def empty_rows() -> VariantRows:
    """For a new item."""
    return cast("VariantRows", _Rows(prefix=PREFIX))


def rows_of(variants: Variants) -> VariantRows:
    """An item's variants as they are."""
    initial = [
        {
            "id": str(one.id),
            "stock_seen": _empty(one.stock),
            "name_ar": one.name_ar,
            "name_en": one.name_en,
            "price": one.price,
            "stock": one.stock,
            "place": place,
        }
        for place, one in enumerate(variants, start=1)
    ]
    return cast("VariantRows", _Rows(initial=initial, prefix=PREFIX))


def sent_rows(data: Any) -> VariantRows | None:
    """The rows that were sent; None if the page had none, and then the variants are left alone."""
    is_shown = f"{PREFIX}-TOTAL_FORMS" in data
    return cast("VariantRows", _Rows(data, prefix=PREFIX)) if is_shown else None


def _empty(value: int | None) -> int | str:
    return "" if value is None else value


def _place(place: int | None) -> int:
    return 2 * MOST_VARIANTS if place is None else place
