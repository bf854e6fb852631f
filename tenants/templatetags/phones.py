"""Phone numbers as people read them."""

import phonenumbers
from django import template

register = template.Library()


@register.filter
def phone(number: str) -> str:
    """An E.164 `number` with its groups: `+965 5000 1234`. What is no number stays as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
