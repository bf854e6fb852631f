"""A tenant's one colour, made readable: WCAG 2.2 AA against our surfaces, in light and in dark."""

import colorsys
import re
from dataclasses import dataclass

#: Contrast of normal text, WCAG 2.2 success criterion 1.4.3.
AA = 4.5

_HEX = re.compile(r"#?([0-9a-f]{6})\Z", re.IGNORECASE)
_STEPS = 100
_EMPHASIS = 0.28
_LINEAR_UP_TO = 0.04045  # of sRGB, IEC 61966-2-1


class InvalidColourError(ValueError):
    """What was given is no colour of the form `#1a7f5a`."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What an accent is read on (static/css/tokens.css has the same values)."""

    #: What a tint is mixed into, and the share (0 to 1) of the accent in it.
    plain: str
    tint: float
    #: The surface that leaves an accent the least contrast.
    hardest: str
    #: Text on a filled accent.
    text: str
    #: The lightness (0 or 1) towards which an accent gains contrast.
    away: float


@dataclass(frozen=True, slots=True)
class Shades:
    """One appearance's accent: the colour, its emphasis, its tint, and the text upon it."""

    accent: str
    strong: str
    soft: str
    on_accent: str


@dataclass(frozen=True, slots=True)
class Palette:
    """A tenant's colour for both appearances."""

    light: Shades
    dark: Shades


@dataclass(frozen=True, slots=True)
class Reading:
    """How a colour is read in one appearance: the shade it becomes, the surface that leaves it the least
    contrast, the ratio on it (1 to 21), and whether the shade is another than the colour.
    """

    shade: str
    surface: str
    ratio: float
    is_corrected: bool


LIGHT = Ground(plain="#fbfaf7", tint=0.08, hardest="#f3f0e9", text="#ffffff", away=0.0)
DARK = Ground(plain="#201d1a", tint=0.14, hardest="#201d1a", text="#14110e", away=1.0)


def palette(colour: str) -> Palette:
    """The readable shades of `colour` (`#rrggbb`). Raises InvalidColourError."""
    chosen = parse(colour)
    return Palette(light=_shades(chosen, LIGHT), dark=_shades(chosen, DARK))


def readings(colour: str) -> tuple[Reading, Reading]:
    """How `colour` is read in light and in dark. Raises InvalidColourError."""
    shades = palette(colour)
    return (
        _reading(colour, shades.light.accent, LIGHT.hardest),
        _reading(colour, shades.dark.accent, DARK.hardest),
    )


def parse(colour: str) -> str:
    """`colour` as `#rrggbb` in lower case; the `#` may be missing. Raises InvalidColourError."""
    found = _HEX.match(colour)
    if found is None:
        message = f"{colour!r} is not a colour like #1a7f5a"
        raise InvalidColourError(message)
    return "#" + found[1].lower()


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, 1 to 21, as WCAG defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with a `share` (0 to 1) of `other` in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def shifted(colour: str, lightness: float, share: float) -> str:
    """`colour`, hue and saturation kept, a `share` of the way to another HLS `lightness` (0 to 1)."""
    hue, own, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in _channels(colour)))
    channels = colorsys.hls_to_rgb(hue, own + (lightness - own) * share, saturation)
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def readable(colour: str, *, on: tuple[str, ...], away: float) -> str:
    """The nearest shade of `colour` towards the lightness `away` that is readable `on` all these."""
    for step in range(_STEPS):
        candidate = shifted(colour, away, step / _STEPS)
        if all(contrast(candidate, surface) >= AA for surface in on):
            return candidate
    return shifted(colour, away, 1)


def _shades(colour: str, ground: Ground) -> Shades:
    base = readable(colour, on=(ground.hardest,), away=ground.away)
    soft = mix(ground.plain, base, ground.tint)
    accent = readable(base, on=(ground.hardest, soft), away=ground.away)
    strong = shifted(accent, ground.away, _EMPHASIS)
    return Shades(accent=accent, strong=strong, soft=soft, on_accent=ground.text)


def _reading(colour: str, shade: str, surface: str) -> Reading:
    ratio = contrast(shade, surface)
    return Reading(shade, surface, ratio, is_corrected=shade != parse(colour))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= _LINEAR_UP_TO else ((channel + 0.055) / 1.055) ** 2.4


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
