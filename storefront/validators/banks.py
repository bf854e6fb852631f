"""International bank account numbers (ISO 13616)."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tenants.validators.text import latin_digits

_GROUP = 4
# Country, check digits, and up to 30 characters of the country's own.
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\Z")
# Kuwait: four letters of the bank and 22 characters of the account.
_KUWAITI = re.compile(r"KW[0-9]{2}[A-Z]{4}[A-Z0-9]{22}\Z")


def parse_iban(text: str) -> str:
    """The number without spaces, in capitals. Raises ValidationError for one that can't be: of another
    length than Kuwait's, or with a digit that is wrong (mod 97).
    """
    iban = re.sub(r"[\s-]", "", latin_digits(text)).upper()
    is_formed = (_KUWAITI if iban.startswith("KW") else _IBAN).match(iban)
    if not is_formed or not _adds_up(iban):
        raise ValidationError(
            _("This is no IBAN. A Kuwaiti one has 30 characters and begins with KW."), code="iban"
        )
    return iban


def _adds_up(iban: str) -> bool:
    digits = "".join(str(int(character, 36)) for character in iban[4:] + iban[:4])
    return int(digits) % 97 == 1


def spaced_iban(iban: str) -> str:
    """The number in groups of four, as it is printed: `KW81 CBKU 0000 …`."""
    return " ".join(iban[at : at + _GROUP] for at in range(0, len(iban), _GROUP))
