"""Phone numbers as people read them."""

from django import template

from tenants.validators.phones import spaced_phone

register = template.Library()


@register.filter
def phone(number: str) -> str:
    """An E.164 `number` with its groups: `+965 5000 1234`. What is no number stays as it is."""
    return spaced_phone(number)
