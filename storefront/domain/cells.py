"""Cells of a table of items: from text to what an item holds, and back.

Each is a widget of django-import-export, which keeps a ValueError as what is wrong with the cell.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from import_export.widgets import Widget

from tenants.validators.amounts import parse_amount
from tenants.validators.text import clean_line, clean_paragraphs, latin_digits

#: On whose clock moments without a zone are meant.
ZONE = ZoneInfo("Asia/Kuwait")
#: Between several values in one cell.
BETWEEN = "|"

_WHOLE = re.compile(r"[0-9]{1,9}\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_YES = frozenset({"yes", "true", "1", "نعم"})
_NO = frozenset({"", "no", "false", "0", "لا"})


def _cleaned(clean: Callable[[str], Any], text: str) -> Any:
    """What `clean` makes of it; its ValidationError as the ValueError that is expected here."""
    try:
        return clean(text)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    # In UTC, which is what the database keeps: out of its range some of the first and last days are.
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(UTC)


class LineCell(Widget):  # type: ignore[misc]  # the package has no types, here and below
    """One line of text."""

    def clean(self, value: str, row: Any = None, **options: Any) -> str:
        """The line, cleaned."""
        return str(_cleaned(clean_line, value))

    def render(self, value: str, obj: Any = None, **options: Any) -> str:
        """The line."""
        return value


class ParagraphsCell(LineCell):
    """Text of several lines."""

    def clean(self, value: str, row: Any = None, **options: Any) -> str:
        """The text, cleaned."""
        return str(_cleaned(clean_paragraphs, value))


class ChoiceCell(LineCell):
    """One of a few words; empty is `default`."""

    def __init__(self, choices: type[TextChoices], *, default: str = "") -> None:
        super().__init__()
        self.choices, self.default = choices, default

    def clean(self, value: str, row: Any = None, **options: Any) -> str:
        """The word."""
        word = super().clean(value).lower() or self.default
        if word not in self.choices.values:
            told = _("Write one of these: %(words)s.")
            raise ValueError(told % {"words": _(", ").join(self.choices.values)})
        return word


class AmountCell(Widget):  # type: ignore[misc]  # untyped library
    """KWD; empty is None."""

    def clean(self, value: str, row: Any = None, **options: Any) -> Decimal | None:
        """The amount."""
        text = value.strip()
        amount: Decimal | None = _cleaned(parse_amount, text) if text else None
        return amount

    def render(self, value: Decimal | None, obj: Any = None, **options: Any) -> str:
        """With its fils."""
        return "" if value is None else f"{value:.3f}"


class CountCell(Widget):  # type: ignore[misc]  # untyped library
    """A whole number; empty is None."""

    def clean(self, value: str, row: Any = None, **options: Any) -> int | None:
        """The number."""
        text = latin_digits(value.strip()).replace("٬", "")
        if text and not _WHOLE.match(text):
            raise ValueError(_("Enter a whole number such as 12, or leave it empty."))
        return int(text) if text else None

    def render(self, value: int | None, obj: Any = None, **options: Any) -> str:
        """In Latin digits."""
        return "" if value is None else str(value)


class FlagCell(Widget):  # type: ignore[misc]  # untyped library
    """`yes` or `no`; empty is no."""

    def clean(self, value: str, row: Any = None, **options: Any) -> bool:
        """Whether it is so."""
        word = latin_digits(value.strip().lower())
        if word not in _YES | _NO:
            raise ValueError(_("Write yes or no."))
        return word in _YES

    def render(self, value: bool, obj: Any = None, **options: Any) -> str:  # noqa: FBT001 (the base class's signature)
        """In English, as the headings."""
        return "yes" if value else "no"


class MomentCell(Widget):  # type: ignore[misc]  # untyped library
    """A moment in ISO 8601; without a zone it is Kuwait's, without a time its day's first. Empty is
    None.
    """

    def clean(self, value: str, row: Any = None, **options: Any) -> datetime | None:
        """The moment."""
        text = latin_digits(value.strip())
        try:
            return _moment(text) if text else None
        except (ValueError, OverflowError) as error:
            raise ValueError(_("Write the moment as 2027-01-31 08:00.")) from error

    def render(self, value: datetime | None, obj: Any = None, **options: Any) -> str:
        """With its zone: spreadsheets then leave it alone."""
        return "" if value is None else value.astimezone(ZONE).isoformat()


class DayCell(Widget):  # type: ignore[misc]  # untyped library
    """A day in ISO 8601; empty is None."""

    def clean(self, value: str, row: Any = None, **options: Any) -> date | None:
        """The day."""
        text = latin_digits(value.strip())
        try:
            if text and not _DAY.match(text):
                raise ValueError  # fromisoformat would also take 20270131 and 2027-W04-7
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise ValueError(_("Write the day as 2027-01-31.")) from error

    def render(self, value: date | None, obj: Any = None, **options: Any) -> str:
        """In ISO 8601."""
        return "" if value is None else value.isoformat()


class WordsCell(Widget):  # type: ignore[misc]  # untyped library
    """Several words with `|` between them; one that comes again counts once unless `repeats`."""

    def __init__(self, *, repeats: bool = False) -> None:
        super().__init__()
        self.repeats = repeats

    def clean(self, value: str, row: Any = None, **options: Any) -> tuple[str, ...]:
        """The words in their order."""
        words = [_cleaned(clean_line, word) for word in value.split(BETWEEN)]
        found = [word for word in words if word]
        return tuple(found if self.repeats else dict.fromkeys(found))

    def render(self, value: tuple[str, ...], obj: Any = None, **options: Any) -> str:
        """The words as one text."""
        return BETWEEN.join(value)
