"""Amounts of money as people type them."""

import re
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tenants.validators.text import latin_digits

# Decimal itself would take "NaN", "1e3" and "1_000".
_AMOUNT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,3})?\Z")


def parse_amount(text: str) -> Decimal:
    """KWD with three places, from `12.5`, `١٢٫٥٠٠` or `١٬٢٥٠`. Raises ValidationError.

    A Latin comma is refused: `12,500` is twelve dinars to some and twelve thousand to others.
    """
    latin = latin_digits(text.strip()).replace("٬", "").replace("٫", ".")
    if not _AMOUNT.match(latin):
        raise ValidationError(
            _("Enter an amount such as 12.500, with at most three decimals."), code="amount"
        )
    return Decimal(latin).quantize(Decimal("0.001"))
