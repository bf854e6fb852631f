"""Fields that take what people type, cleaned as everywhere."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tenants.domain.days import ZONE
from tenants.validators.amounts import parse_amount
from tenants.validators.text import clean_line, clean_paragraphs, latin_digits


class LineField(forms.CharField):
    """One line of text."""

    def to_python(self, value: Any) -> str:
        """The line, cleaned."""
        return clean_line(super().to_python(value) or "")


class ParagraphsField(forms.CharField):
    """Text of several lines."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        """The text, cleaned."""
        return clean_paragraphs(super().to_python(value) or "")


class AmountField(forms.CharField):
    """KWD, in Latin or Arabic digits; None when empty."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr", "autocomplete": "off"})

    def clean(self, value: Any) -> Decimal | None:
        """The amount, or None."""
        text = super().clean(value)
        return parse_amount(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        """What was typed, or an amount with its fils."""
        return f"{value:.3f}" if isinstance(value, Decimal) else value


class WholeNumberField(forms.IntegerField):
    """A whole number, in Latin or Arabic digits; None when empty."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        """The number, or None."""
        return super().to_python(latin_digits(value) if isinstance(value, str) else value)


class MomentField(forms.Field):
    """A day and a time as they are in the tenants' zone; None when empty."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "dir": "ltr"})

    def clean(self, value: Any) -> datetime | None:
        """The moment, or None."""
        text = latin_digits(str(super().clean(value) or "")).strip()
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise ValidationError(_("Enter a day and a time."), code="invalid") from error
        return moment.replace(tzinfo=ZONE)

    def prepare_value(self, value: Any) -> Any:
        """What was typed, or a moment to the minute."""
        is_moment = isinstance(value, datetime)
        return value.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M") if is_moment else value


class DayField(forms.DateField):
    """A day, in Latin or Arabic digits; None when empty."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "dir": "ltr"})

    def to_python(self, value: Any) -> date | None:
        """The day, or None."""
        return super().to_python(latin_digits(value) if isinstance(value, str) else value)
