"""What staff ask of the list of orders, and of one."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from capture.enums import OrderStatus
from dashboards.forms.fields import ParagraphsField

#: Not a status: all orders that count in sums.
COUNTED = "counted"


class OrderListForm(forms.Form):
    """How the list is narrowed; days are Kuwait's, both included. What makes no sense is left out."""

    status = forms.ChoiceField(
        choices=[*OrderStatus.choices, (COUNTED, _("Not cancelled"))], required=False
    )
    search = forms.CharField(
        label=_("Search orders"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    day = forms.DateField(
        required=False,
        # Far enough from the calendar's ends for a day's first and last moment in any zone.
        validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
    )
    before = forms.CharField(required=False, max_length=20)

    def asked(self) -> dict[str, Any]:
        """What can be used of it, by name; what is missing or makes no sense is empty."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class TransitionForm(forms.Form):
    """A step that staff ask for, with the version that they saw."""

    to = forms.ChoiceField(choices=OrderStatus.choices)
    version = forms.IntegerField(min_value=1)
    reason = ParagraphsField(label=_("Reason"), required=False, max_length=1000)
