"""Money as people read it."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from tenants.templatetags.money import kwd


@pytest.mark.parametrize(
    ("amount", "english", "arabic"),
    [
        (Decimal("12.5"), "KWD\u00a012.500", "12.500\u00a0د.ك"),
        ("1250.5", "KWD\u00a01,250.500", "1,250.500\u00a0د.ك"),
        (Decimal("999999999.999"), "KWD\u00a0999,999,999.999", "999,999,999.999\u00a0د.ك"),
        (Decimal(0), "KWD\u00a00.000", "0.000\u00a0د.ك"),
    ],
)
def test_dinars_have_three_decimals(amount, english, arabic):
    with override("en"):
        assert kwd(amount) == english
    with override("ar"):
        assert kwd(amount) == arabic
