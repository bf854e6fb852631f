"""The log-in form."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LogInForm(forms.Form):
    """E-mail and password; `next` is where the person was going."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "dir": "ltr"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )
