"""Codes as people type them."""

import unicodedata

_IGNORED = (" ", "-", "\u200e", "\u200f", "\u00a0")


def clean_code(text: str) -> str:
    """The code without spaces and marks, its digits Latin: Arabic keyboards write ٣ and ۳ for 3."""
    kept = (one for one in text.strip() if one not in _IGNORED)
    return "".join(str(unicodedata.digit(one)) if one.isdigit() else one for one in kept)
