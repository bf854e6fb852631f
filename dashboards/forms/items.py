"""An item as staff write it."""

from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dashboards.forms.fields import AmountField, LineField, ParagraphsField, WholeNumberField
from dashboards.forms.pictures import FilesField, announcements
from storefront.domain.items import LONGEST_DESCRIPTION, ItemContent, columns_of
from storefront.domain.media import MOST_PICTURES
from storefront.domain.uploads import Announcement
from storefront.enums import ItemKind, ItemStatus
from storefront.models import CatalogItem

_LONGEST_SLUG = 63
_NAME = 160
_WRITTEN = (
    *("kind", "slug", "name_ar", "name_en", "description_ar", "description_en"),
    *("price", "stock", "max_quantity", "goal", "status"),
)


def _line(language: str, direction: str) -> forms.TextInput:
    return forms.TextInput(attrs={"lang": language, "dir": direction, "translate": "no"})


def _text(language: str, direction: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 5, "lang": language, "dir": direction, "translate": "no"})


class ItemListForm(forms.Form):
    """How the list is narrowed. What makes no sense is left out."""

    status = forms.ChoiceField(choices=ItemStatus.choices, required=False)
    search = forms.CharField(
        label=_("Search items"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    page = forms.IntegerField(required=False, min_value=1)

    def asked(self) -> dict[str, Any]:
        """What can be used of it, by name; what is missing or makes no sense is empty."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


def initial_of(item: CatalogItem) -> dict[str, Any]:
    """The form's content for an item."""
    return {**columns_of(item), **_hidden(item)}


def _hidden(item: CatalogItem) -> dict[str, Any]:
    stock = "" if item.stock is None else item.stock
    return {"item": str(item.id), "version": item.version, "stock_seen": stock}


class ItemForm(forms.Form):
    """All that staff write of an item. `item`, its id, says which it is, because its slug may change
    meanwhile; `version` and `stock_seen` are as they were on the page.
    """

    kind = forms.ChoiceField(
        label=_("Kind"), choices=ItemKind.choices, widget=forms.RadioSelect, initial="product"
    )
    name_ar = LineField(label=_("Name in Arabic"), max_length=_NAME, widget=_line("ar", "rtl"))
    name_en = LineField(label=_("Name in English"), max_length=_NAME, widget=_line("en", "ltr"))
    description_ar = ParagraphsField(
        label=_("Description in Arabic"),
        required=False,
        max_length=LONGEST_DESCRIPTION,
        widget=_text("ar", "rtl"),
    )
    description_en = ParagraphsField(
        label=_("Description in English"),
        required=False,
        max_length=LONGEST_DESCRIPTION,
        widget=_text("en", "ltr"),
    )
    price = AmountField(
        label=_("Price in dinars"), required=False, help_text=_("Empty: the price is on request.")
    )
    stock = WholeNumberField(
        label=_("Stock"), required=False, min_value=0, help_text=_("Empty: it isn’t counted.")
    )
    max_quantity = WholeNumberField(
        label=_("Most in one order"), required=False, help_text=_("Empty: as many as there are.")
    )
    goal = AmountField(
        label=_("Goal in dinars"), required=False, help_text=_("What the project needs in all.")
    )
    slug = LineField(
        label=_("Address of its page"),
        required=False,
        max_length=_LONGEST_SLUG,
        help_text=_("Small Latin letters, digits and hyphens. Empty: made from the name."),
        widget=forms.TextInput(
            attrs={"dir": "ltr", "autocapitalize": "none", "translate": "no", "autocomplete": "off"}
        ),
    )
    status = forms.ChoiceField(
        label=_("Status"), choices=ItemStatus.choices, widget=forms.RadioSelect, initial="draft"
    )
    pictures = FilesField(
        label=_("Add pictures"),
        required=False,
        help_text=_("JPEG, PNG, WebP, AVIF or HEIC, up to 25 MB each."),
    )
    item = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    stock_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def take_files(self, room: int) -> list[tuple[Announcement, UploadedFile]]:
        """The files that came along and can be taken, up to so many; the others are told about."""
        taken, errors = announcements(self.cleaned_data.get("pictures") or [])
        if len(taken) > room:
            told = gettext("An item may have up to %(most)d pictures.") % {"most": MOST_PICTURES}
            errors.append(ValidationError(told, code="many"))
        if errors:
            self.add_error("pictures", errors)
        return taken[: max(0, room)]

    def show_other_version(self, item: CatalogItem) -> None:
        """Say what the item is now, at the fields that differ; sending the form again replaces it."""
        for name in _WRITTEN:
            if self.cleaned_data.get(name) != getattr(item, name):
                now = self[name].field.prepare_value(getattr(item, name))
                text = gettext("Now it says: %(value)s") % {
                    "value": "–" if now in (None, "") else now
                }
                self.add_error(name, ValidationError(text, code="stale"))
        told = gettext(
            "Someone else changed this item meanwhile. Save again to replace what it says now."
        )
        self.add_error(None, ValidationError(told, code="stale"))
        self.data = {**{name: self.data[name] for name in self.data}, **_hidden(item)}

    def content(self, before: ItemContent) -> ItemContent:
        """What was written, on top of what there was."""
        return replace(before, **{name: self.cleaned_data[name] for name in _WRITTEN})
