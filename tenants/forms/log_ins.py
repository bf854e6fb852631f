"""The forms of logging in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.forms.refusable import RefusableForm
from tenants.validators.codes import clean_code

#: Characters. Longer ones only cost time to hash.
LONGEST_PASSWORD = 256


class AddressField(forms.EmailField):
    """An e-mail address that somebody logs in with."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "username", "dir": "ltr"}
        widget = forms.EmailInput(attrs=attrs)
        super().__init__(**{"label": _("E-mail"), "max_length": 254, "widget": widget, **kwargs})


class PasswordField(forms.CharField):
    """A password, taken to the letter; never sent back. `new`: one that is being chosen."""

    def __init__(self, *, new: bool = False, **kwargs: Any) -> None:
        attrs = {"autocomplete": "new-password" if new else "current-password", "dir": "ltr"}
        if new:
            kwargs.setdefault("help_text", _("At least ten characters; several words are best."))
        super().__init__(
            max_length=LONGEST_PASSWORD,
            strip=False,
            widget=forms.PasswordInput(attrs=attrs),
            **{"label": _("Password"), **kwargs},
        )


class CodeField(forms.CharField):
    """A code as people type it: with spaces, in any digits."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"}
        widget = forms.TextInput(attrs=attrs)
        super().__init__(**{"label": _("Code"), "max_length": 20, "widget": widget, **kwargs})

    def clean(self, value: Any) -> str:
        """The code in Latin digits."""
        return clean_code(super().clean(value))


class LogInForm(RefusableForm):
    """E-mail and password; `next` is where the person was going."""

    email = AddressField()
    password = PasswordField()


class CodeForm(RefusableForm):
    """A code of an authenticator app, or a recovery code."""

    code = CodeField()
