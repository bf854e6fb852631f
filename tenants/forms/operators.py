"""What operators fill in."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.utils.translation import gettext_lazy as _

from tenants.domain.log_ins import count_attempt


class OperatorLogInForm(AdminAuthenticationForm):
    """Django's, its attempts counted with those on `app.`; raises RateLimitedError when checked."""

    def clean(self) -> dict[str, Any]:
        """The credentials, checked."""
        count_attempt(self.cleaned_data.get("username", ""))
        return super().clean()


class SuspensionForm(forms.Form):
    """Why organisations are suspended; kept in the audit log."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )
