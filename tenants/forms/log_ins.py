"""The forms of logging in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.validators.codes import clean_code


class LogInForm(forms.Form):
    """E-mail and password; `next` is where the person was going."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "dir": "ltr"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )


class CodeField(forms.CharField):
    """A code as people type it: with spaces, in any digits."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        """The code in Latin digits."""
        return clean_code(super().clean(value))


class CodeForm(forms.Form):
    """A code of an authenticator app, or a recovery code."""

    code = CodeField(label=_("Code"))
