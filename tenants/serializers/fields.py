"""Fields that take what people type: phones, amounts and text, cleaned as on the pages."""

from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tenants.validators.amounts import parse_amount
from tenants.validators.phones import parse_phone
from tenants.validators.text import clean_line, clean_paragraphs, is_blank

T = TypeVar("T")


class LineField(serializers.CharField):
    """One line of text."""

    def to_internal_value(self, data: Any) -> str:
        """The line, cleaned."""
        line = _checked(clean_line, super().to_internal_value(data))
        if is_blank(line) and not self.allow_blank:
            self.fail("blank")
        return line

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Django's, on the cleaned text: white space alone is blank."""
        return super().run_validation(" ".join(data.split()) if isinstance(data, str) else data)


class ParagraphsField(serializers.CharField):
    """Text of several lines."""

    def to_internal_value(self, data: Any) -> str:
        """The text, cleaned."""
        return _checked(clean_paragraphs, super().to_internal_value(data))


class PhoneField(serializers.CharField):
    """A phone number: in as people write it, out in E.164."""

    def to_internal_value(self, data: Any) -> str:
        """The number in E.164."""
        return _checked(parse_phone, super().to_internal_value(data))


class WholeNumberField(serializers.IntegerField):
    """A whole number, in any digits."""

    def to_internal_value(self, data: Any) -> int:
        """The number. Python would read `1_0` as ten."""
        if "_" in str(data):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "pattern": r"^\d+\.\d{3}$", "example": "12.500"})
class AmountField(serializers.Field[Decimal, Any, str, Any]):
    """KWD with three decimals: in as text or a whole or decimal number, out as text."""

    default_error_messages: ClassVar = {"type": _("Enter an amount as text, such as “12.500”.")}

    def to_internal_value(self, data: Any) -> Decimal:
        """The amount."""
        if isinstance(data, bool) or not isinstance(data, str | int | float):
            self.fail("type")
        return _checked(parse_amount, str(data))

    def to_representation(self, value: Decimal) -> str:
        """`12.500`."""
        return f"{value:.3f}"


@extend_schema_field(
    {"oneOf": [{"type": "string", "format": each} for each in ("date", "date-time")]}
)
class DayOrTimeField(serializers.Field[date, str, str, Any]):
    """A date (`2026-11-23`) or a time with its zone."""

    default_error_messages: ClassVar = {
        "type": _("Enter a date such as 2026-11-23, or a time with its zone.")
    }

    def to_internal_value(self, data: str) -> date:
        """A date, or a datetime with its zone."""
        moment = _day(data) or _time(data)
        # The calendar's very ends have no midnight in every zone.
        if moment is None or not MINYEAR + 1 < moment.year < MAXYEAR:
            self.fail("type")
        # PostgreSQL knows fewer zones than Python: none further than sixteen hours away.
        return moment.astimezone(UTC) if isinstance(moment, datetime) else moment

    def to_representation(self, value: date) -> str:
        """ISO 8601."""
        return value.isoformat()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _time(text: str) -> datetime | None:
    """A time with its zone. A `+` that came as a space (unquoted in a query) is put back."""
    try:
        time = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return time if time.tzinfo else None


def _checked(parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except DjangoValidationError as error:
        raise serializers.ValidationError(error.messages, code=error.code) from error
