"""What operators fill in."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SuspensionForm(forms.Form):
    """Why organisations are suspended; kept in the audit log."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )
