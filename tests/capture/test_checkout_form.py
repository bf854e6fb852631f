"""What a name may be at the checkout, after it was cleaned."""

import pytest

from capture.forms.checkout import CheckoutForm


@pytest.mark.parametrize("name", ["\u0344" * 120, "\u202e", "\u200b\u3164", "\u2028\x85"])
def test_a_name_that_is_too_long_or_shows_nothing_is_refused(name):
    assert "customer_name" in CheckoutForm({"customer_name": name}).errors


@pytest.mark.parametrize("name", ["مريم", "م", "O’Neil-3", "李", "🌴"])
def test_a_name_is_what_can_be_seen(name):
    assert "customer_name" not in CheckoutForm({"customer_name": name}).errors
