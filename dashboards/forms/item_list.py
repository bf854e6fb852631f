"""The list of items: how it is narrowed, and what is done with many of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from storefront.domain.bulk import MOST_AT_ONCE
from storefront.enums import BulkAction, ItemKind, ItemStatus
from storefront.models import Category

_OF_CATEGORIES = (BulkAction.ADD_CATEGORY, BulkAction.REMOVE_CATEGORY)


class ItemListForm(forms.Form):
    """How the list is narrowed. What makes no sense is left out."""

    status = forms.ChoiceField(choices=ItemStatus.choices, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All kinds")), *ItemKind.choices], required=False
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    search = forms.CharField(
        label=_("Search items"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    page = forms.IntegerField(required=False, min_value=1)

    def __init__(self, data: Any, *, categories: Sequence[Category]) -> None:
        super().__init__(data)
        choices = [(category.slug, category.name) for category in categories]
        self.fields["category"].choices = [("", _("All categories")), *choices]  # type: ignore[attr-defined]  # the stubs know no choices

    def asked(self) -> dict[str, Any]:
        """What can be used of it, by name; what is missing or makes no sense is empty."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class IdsField(forms.Field):
    """Ids of ticked rows."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[UUID]:
        """The ids; what is none is refused."""
        if not value:
            raise ValidationError(_("Tick the items first."), code="required")
        if len(value) > MOST_AT_ONCE:
            raise ValidationError(_("Tick up to 500 items."), code="many")
        field = forms.UUIDField()
        return [field.clean(each) for each in value]


class BulkForm(forms.Form):
    """One action with many items. `into` is the category that it is about, if it is about one."""

    action = forms.ChoiceField(
        label=_("What to do"),
        error_messages={"required": _("Choose what to do with them.")},
    )
    into = forms.ChoiceField(label=_("Category"), required=False)
    items = IdsField()
    confirmed = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, categories: Sequence[Category]) -> None:
        super().__init__(data)
        choices = [(str(category.id), category.name) for category in categories]
        actions = [each for each in BulkAction if choices or each not in _OF_CATEGORIES]
        self.fields["action"].choices = [  # type: ignore[attr-defined]  # the stubs know no choices
            ("", _("Choose what to do")),
            *((each.value, each.label) for each in actions),
        ]
        self.fields["into"].choices = [("", _("Which category")), *choices]  # type: ignore[attr-defined]  # the stubs know no choices

    def clean(self) -> dict[str, Any]:
        """A category, where the action is about one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_about_one = cleaned.get("action") in _OF_CATEGORIES
        if is_about_one and not cleaned.get("into") and "into" not in self.errors:
            self.add_error("into", ValidationError(_("Choose the category."), code="required"))
        cleaned["into"] = UUID(cleaned["into"]) if is_about_one and cleaned.get("into") else None
        return cleaned

    @property
    def asks_first(self) -> bool:
        """Whether a person has to confirm it still."""
        is_for_good = self.cleaned_data["action"] == BulkAction.DELETE
        return is_for_good and not self.cleaned_data["confirmed"]
