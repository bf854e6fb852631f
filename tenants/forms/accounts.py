"""What people fill in about their accounts.

A password that is chosen is in the field `password`, one that proves who asks in `current`.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tenants.forms.log_ins import AddressField, CodeField, PasswordField
from tenants.forms.refusable import RefusableForm
from tenants.validators.text import clean_line, is_blank


class NameField(forms.CharField):
    """What a person is called."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "name", "dir": "auto"}
        super().__init__(
            label=_("Your name"), max_length=120, widget=forms.TextInput(attrs=attrs), **kwargs
        )

    def clean(self, value: Any) -> str:
        """The name on one line."""
        name = clean_line(super().clean(value))
        if self.required and is_blank(name):
            raise ValidationError(self.error_messages["required"], code="required")
        return name


class SignUpForm(RefusableForm):
    """A new account."""

    name = NameField()
    email = AddressField()
    password = PasswordField(new=True)


class ConfirmForm(RefusableForm):
    """The code that proves an address."""

    email = AddressField()
    code = CodeField(help_text=_("Six digits, from the mail that we sent you."))


class ForgotForm(RefusableForm):
    """Whose password is forgotten."""

    email = AddressField()


class ResetForm(RefusableForm):
    """A code, and the password to have from now on."""

    email = AddressField()
    code = CodeField(help_text=_("Six digits, from the mail that we sent you."))
    password = PasswordField(new=True, label=_("New password"))


class PasswordForm(RefusableForm):
    """Proof that it is still the person."""

    current = PasswordField(label=_("Your password"))


class PasswordChangeForm(RefusableForm):
    """The password so far, and the one from now on."""

    current = PasswordField(label=_("Your password so far"))
    password = PasswordField(new=True, label=_("New password"))


class EmailChangeForm(RefusableForm):
    """Another address. `own`: the one so far."""

    email = AddressField(
        label=_("New e-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    current = PasswordField(label=_("Your password"))

    def __init__(self, *args: Any, own: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own = own

    def clean_email(self) -> str:
        """An address that isn't theirs already."""
        email: str = self.cleaned_data["email"]
        if email.lower() == self._own.lower():
            raise ValidationError(_("This is your address already."), code="own")
        return email


class ProfileForm(RefusableForm):
    """Name and language."""

    name = NameField(required=False)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("Of these pages, and of our mails to you."),
    )
