"""A tenant may pick any colour; what is shown can be read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.colours import (
    AA,
    DARK,
    LIGHT,
    InvalidColourError,
    contrast,
    palette,
    parse,
    shifted,
)

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_wcags():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == 1
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)
    assert contrast("#ffffff", "#0000ff") == pytest.approx(8.59, abs=0.005)


@given(COLOURS)
def test_every_shade_is_readable(colour):
    chosen = palette(colour)

    for shades, ground in ((chosen.light, LIGHT), (chosen.dark, DARK)):
        for text in (shades.accent, shades.strong):
            assert contrast(text, ground.hardest) >= AA
            assert contrast(text, shades.soft) >= AA
            assert contrast(text, shades.on_accent) >= AA


@given(COLOURS)
def test_shades_are_colours_and_stable(colour):
    shades = palette(colour).light

    assert palette(colour) == palette(colour.upper()) == palette(colour[1:])
    for value in (shades.accent, shades.strong, shades.soft, shades.on_accent):
        assert re.fullmatch("#[0-9a-f]{6}", value)


@pytest.mark.parametrize("colour", ["#0f6b5c", "#8a4b1f", "#1f6f8b", "#000000"])
def test_a_readable_colour_is_left_alone(colour):
    assert palette(colour).light.accent == colour


def test_a_pale_colour_is_darkened_on_light_and_kept_on_dark():
    chosen = palette("#ffd400")

    assert chosen.light.accent == "#816b00"
    assert chosen.dark.accent == "#ffd400"


@given(COLOURS, st.floats(0, 1))
def test_shifting_reaches_white_and_black_and_starts_at_the_colour(colour, share):
    assert shifted(colour, 0.0, 0) == colour
    assert shifted(colour, 0.0, 1) == "#000000"
    assert shifted(colour, 1.0, 1) == "#ffffff"
    assert contrast(shifted(colour, 0.0, share), "#000000") <= contrast(colour, "#000000") + 0.1


@pytest.mark.parametrize("text", ["", "#fff", "red", "#12345", "#1234567", "#12345g", "#123456\n"])
def test_anything_else_is_refused(text):
    with pytest.raises(InvalidColourError):
        parse(text)
