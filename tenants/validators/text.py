"""Text as people type it: Arabic digits, invisible characters, line ends."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Arabic-Indic and Persian digits, and their decimal and thousands separators.
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
# Embedding, override and isolate marks: they can make text on a page read as something else.
# Hangul fillers and the empty pattern of Braille: letters and symbols that show nothing.
_EMPTY = "\u115f\u1160\u3164\uffa0\u2800"
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def latin_digits(text: str) -> str:
    """`text` with Arabic and Persian digits as Latin ones."""
    return text.translate(_DIGITS)


def is_blank(text: str) -> bool:
    """Whether nothing of `text` can be seen: letters, digits, signs and symbols are seen, but for the few
    that are drawn empty.
    """
    return not any(
        unicodedata.category(character)[0] in "LNPS" and character not in _EMPTY
        for character in text
    )


def clean_line(text: str) -> str:
    """One line: white space folded, marks of direction dropped. Raises ValidationError for control
    characters, NUL among them (PostgreSQL keeps none).
    """
    folded = " ".join(_DIRECTION.sub("", text).split())
    _refuse_controls(folded, allowed="")
    return unicodedata.normalize("NFC", folded)


def clean_paragraphs(text: str) -> str:
    """Several lines: line ends as a line feed each, marks of direction dropped. Raises ValidationError
    for other control characters.
    """
    lines = _DIRECTION.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip()
    _refuse_controls(lines, allowed="\n\t")
    return unicodedata.normalize("NFC", lines)


def _refuse_controls(text: str, *, allowed: str) -> None:
    for character in text:
        # Cs: half a surrogate pair, which JSON can carry and UTF-8 can't.
        if unicodedata.category(character) in ("Cc", "Cs") and character not in allowed:
            raise ValidationError(
                _("Remove the characters that can’t be shown."), code="control_characters"
            )
