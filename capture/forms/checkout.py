"""Who orders, and what the page they saw said."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from capture.domain.orders import NewOrder
from capture.domain.quotes import LineRequest
from capture.forms.lines import LinesField
from tenants.validators.amounts import parse_amount
from tenants.validators.phones import parse_phone
from tenants.validators.text import clean_line, clean_paragraphs, is_blank

_HIDDEN = ("key", "expected_total", "line")
_CHANGED = _("Please look at your order once more, then send it again.")
_LATIN = {"dir": "ltr", "spellcheck": "false", "autocapitalize": "none"}


class CheckoutForm(forms.Form):
    """Name and phone, e-mail and note if they like; hidden, what they agree to."""

    customer_name = forms.CharField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name.")},
    )
    customer_phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        help_text=_(
            "A number in Kuwait, or with its country code. For questions about your order."
        ),
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel", **_LATIN}
        ),
        error_messages={"required": _("Enter your phone number.")},
    )
    customer_email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", **_LATIN}),
        error_messages={"invalid": _("Enter an e-mail address such as name@example.com.")},
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    expected_total = forms.CharField(max_length=20, widget=forms.HiddenInput)
    line = LinesField()
    visit = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_customer_name(self) -> str:
        """The name on one line."""
        name = clean_line(self.cleaned_data["customer_name"])
        if is_blank(name):
            raise ValidationError(_("Enter your name."), code="required")
        # Once more: one character can become two by being cleaned.
        self.fields["customer_name"].run_validators(name)
        return name

    def clean_customer_phone(self) -> str:
        """The number in E.164."""
        return parse_phone(self.cleaned_data["customer_phone"])

    def clean_note(self) -> str:
        """The note's paragraphs."""
        return clean_paragraphs(self.cleaned_data["note"])

    def clean_expected_total(self) -> Any:
        """The total that the page showed, KWD."""
        return parse_amount(self.cleaned_data["expected_total"])

    def clean(self) -> dict[str, Any]:
        """What was sent. What the page itself holds, broken, is nothing that a person can correct."""
        self.errors.pop("visit", None)  # nobody's order fails for where they came from
        broken = [name for name in _HIDDEN if self.errors.pop(name, None)]
        if broken:
            self.add_error(None, _CHANGED)
        return self.cleaned_data

    @property
    def lines(self) -> list[LineRequest]:
        """The lines that the page showed; none if they are broken."""
        lines: list[LineRequest] = self.cleaned_data.get("line", [])
        return lines

    @property
    def typed(self) -> dict[str, str]:
        """What the person typed, as they typed it."""
        return {field.name: field.data or "" for field in self.visible_fields()}

    def new_order(self, *, language: str) -> NewOrder:
        """The order that is asked for."""
        sent = self.cleaned_data
        return NewOrder(
            customer_name=sent["customer_name"],
            customer_phone=sent["customer_phone"],
            customer_email=sent["customer_email"],
            note=sent["note"],
            language=language,
            lines=self.lines,
            expected_total=sent["expected_total"],
            visit=sent.get("visit", ""),
        )
