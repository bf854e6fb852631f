"""An item as staff write it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dashboards.forms.categories import name_field
from dashboards.forms.fields import (
    AmountField,
    DayField,
    LineField,
    MomentField,
    ParagraphsField,
    WholeNumberField,
)
from dashboards.forms.pictures import FilesField, announcements
from storefront.domain.categories import CategoryContent
from storefront.domain.items import LONGEST_DESCRIPTION, ItemContent, columns_of
from storefront.domain.media import MOST_PICTURES
from storefront.domain.uploads import Announcement
from storefront.enums import ItemKind, ItemStatus
from storefront.models import CatalogItem, Category

_LONGEST_SLUG = 63
_NAME = 160
_WRITTEN = (
    *("kind", "slug", "name_ar", "name_en", "description_ar", "description_en"),
    *("price", "stock", "max_quantity", "goal", "status"),
    *("is_featured", "publish_at", "ends_on"),
)
_NEW_CATEGORY = ("category_ar", "category_en")


def _line(language: str, direction: str) -> forms.TextInput:
    return forms.TextInput(attrs={"lang": language, "dir": direction, "translate": "no"})


def _text(language: str, direction: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 5, "lang": language, "dir": direction, "translate": "no"})


def initial_of(item: CatalogItem) -> dict[str, Any]:
    """The form's content for an item."""
    categories = [str(category.id) for category in item.categories.all()]
    return {**columns_of(item), "categories": categories, **_hidden(item)}


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
    publish_at = MomentField(
        label=_("Shown from"),
        required=False,
        help_text=_("In Kuwait’s time. Empty: as soon as it is published."),
    )
    ends_on = DayField(
        label=_("Last day"), required=False, help_text=_("Empty: the project stays open.")
    )
    is_featured = forms.BooleanField(label=_("Show it first on the home page"), required=False)
    categories = forms.MultipleChoiceField(
        label=_("Categories"), required=False, widget=forms.CheckboxSelectMultiple
    )
    category_ar = name_field("ar", _("Name in Arabic"), required=False)
    category_en = name_field("en", _("Name in English"), required=False)
    pictures = FilesField(
        label=_("Add pictures"),
        required=False,
        help_text=_("JPEG, PNG, WebP, AVIF or HEIC, up to 25 MB each."),
    )
    item = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    stock_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    #: A new item's id to be, so that a form sent twice makes one.
    new_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, categories: Sequence[Category] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(category.id): category for category in categories}
        choices = [(name, category.name) for name, category in self.known.items()]
        self.fields["categories"].choices = choices  # type: ignore[attr-defined]  # the stubs know no choices

    def clean(self) -> dict[str, Any]:
        """A new category has a name in both languages."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        names = [name for name in _NEW_CATEGORY if name not in self.errors]
        if any(cleaned.get(name) for name in names):
            for name in names:
                if not cleaned.get(name):
                    told = gettext("Name the category in both languages.")
                    self.add_error(name, ValidationError(told, code="required"))
        return cleaned

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
        now = initial_of(item)
        for name in (*_WRITTEN, "categories"):
            if self._differs(name, now[name]):
                told = gettext("Now it says: %(value)s") % {"value": self._told(name, now[name])}
                self.add_error(name, ValidationError(told, code="stale"))
        told = gettext(
            "Someone else changed this item meanwhile. Save again to replace what it says now."
        )
        self.add_error(None, ValidationError(told, code="stale"))
        data = cast("QueryDict", self.data).copy()
        for name, value in _hidden(item).items():
            data[name] = str(value)
        self.data = data

    def content(self, before: ItemContent) -> ItemContent:
        """What was written, on top of what there was."""
        written = {name: self.cleaned_data[name] for name in _WRITTEN}
        if self._is_same_minute(before.publish_at):
            written["publish_at"] = before.publish_at
        ids = tuple(UUID(name) for name in self.cleaned_data["categories"])
        return replace(before, **written, categories=ids)

    def new_category(self) -> CategoryContent | None:
        """The category that the item is to be in and that there isn't yet, or None."""
        name_ar, name_en = (self.cleaned_data[name] for name in _NEW_CATEGORY)
        return CategoryContent(name_ar=name_ar, name_en=name_en) if name_ar else None

    def _is_same_minute(self, moment: datetime | None) -> bool:
        # The page shows no seconds; an item that was written elsewhere may have some.
        written = self.cleaned_data["publish_at"]
        return bool(moment and written and moment.replace(second=0, microsecond=0) == written)

    def _differs(self, name: str, value: Any) -> bool:
        written = self.cleaned_data.get(name)
        return bool(set(written or ()) != set(value) if name == "categories" else written != value)

    def _told(self, name: str, value: Any) -> Any:
        if name == "categories":
            value = ", ".join(self.known[each].name for each in value if each in self.known)
        if isinstance(value, bool):
            value = gettext("yes") if value else gettext("no")
        shown = self[name].field.prepare_value(value)
        return "–" if shown in (None, "") else shown
