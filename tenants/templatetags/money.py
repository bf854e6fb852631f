"""Money as people read it."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext

register = template.Library()


@register.filter
def kwd(amount: Decimal | str) -> str:
    """`amount` in Kuwaiti dinars, with its fils: `KWD 1,250.500`, «1,250.500 د.ك».

    Latin digits in both languages, as prices in Kuwait are mostly written.
    """
    # \u00a0 keeps the number and its currency on one line.
    return gettext("KWD %(amount)s").replace(" ", "\u00a0") % {"amount": f"{Decimal(amount):,.3f}"}
