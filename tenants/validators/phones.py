"""Phone numbers as people type them, in the Gulf first of all."""

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tenants.validators.text import latin_digits

#: Where a number without a country code is from.
HOME = "KW"


def parse_phone(text: str) -> str:
    """The number in E.164 (`+96550001234`), from local or international notation, in any digits.

    Raises ValidationError unless such a number can exist in its country's plan.
    """
    try:
        number = phonenumbers.parse(latin_digits(text), HOME)
    except phonenumbers.NumberParseException as error:
        raise _not_a_number() from error
    # "Possible" would take eight digits of any kind; an extension can't be called by the staff's phones.
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise _not_a_number()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spaced_phone(number: str) -> str:
    """An E.164 `number` with its groups: `+965 5000 1234`. What is no number stays as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _not_a_number() -> ValidationError:
    return ValidationError(
        _("Enter a phone number such as 5000 1234, or with its country code: +966 50 123 4567."),
        code="phone",
    )
