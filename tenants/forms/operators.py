"""What operators fill in."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SuspensionForm(forms.Form):
    """Why organisations are suspended; kept in the audit log."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )


class ClosingForm(forms.Form):
    """What came of reports that are closed; kept with them."""

    note = forms.CharField(
        label=_("What came of it"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
