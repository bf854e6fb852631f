"""Tables in CSV as spreadsheets write and read them, in Arabic and in English."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

#: Bytes of a file, and rows below its headings.
LARGEST = 5 * 1024 * 1024
MOST_ROWS = 5_000
BOM = "\ufeff"

_DELIMITERS = ",;\t"
#: xlsx and other ZIP files; xls.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
#: What a spreadsheet takes for a formula, behind as many apostrophes as it may have.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
#: Rows written at a time.
_CHUNK = 200


class TableError(Exception):
    """A file that can't be read as a table; its text tells the person why, in the language in force."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as spreadsheets count, where the headings are 1, and its cells by heading."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """What a file says. `is_guessed`: its letters were read as Windows-1256, because as UTF-8 they made
    no sense.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    is_guessed: bool = False


def shielded(text: str) -> str:
    """`text` so that no spreadsheet runs it: behind an apostrophe if it looks like a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unshielded(text: str) -> str:
    """What was `shielded`. Text that never was stays as it is, unless it begins like that."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def written(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The rows as a file in pieces: UTF-8 with the mark by which Excel knows it, commas."""
    file = io.StringIO(newline="")
    file.write(BOM)
    writer = csv.writer(file)
    for number, row in enumerate(rows, start=1):
        writer.writerow(row)
        if number % _CHUNK == 0:
            yield _taken(file)
    yield _taken(file)


def _taken(file: io.StringIO) -> bytes:
    piece = file.getvalue().encode()
    file.seek(0)
    file.truncate()
    return piece


def read_table(content: bytes, *, known: Collection[str], required: Collection[str] = ()) -> Table:
    """The table in a file, whose headings are some of `known` and all of `required`, in any order.

    UTF-8, UTF-16 with its mark, or Windows-1256; commas, semicolons or tabs. Apostrophes that shield
    formulas are gone. Raises TableError.
    """
    if len(content) > LARGEST:
        raise TableError(_("The file is too large: up to 5 MB can be imported at once."))
    text, is_guessed = _text_of(content)
    records = ((number, cells) for number, cells in _records(text) if any(map(str.strip, cells)))
    _number, headings = next(records, (0, []))
    if not headings:
        raise TableError(_("The file is empty."))
    columns = _columns(headings, known, required)
    rows = list(_rows(records, columns))
    if not rows:
        raise TableError(_("There are headings in the file, but no rows below them."))
    return Table(tuple(filter(None, columns)), tuple(rows), is_guessed)


def _text_of(content: bytes) -> tuple[str, bool]:
    if content.startswith(_WORKBOOKS):
        raise TableError(
            _("This is an Excel workbook. In Excel, save it as “CSV UTF-8”, and choose that file.")
        )
    text, is_guessed = _decoded(content)
    if "\0" in text:
        raise TableError(_("This is no text file. Save the table as “CSV UTF-8”, and choose that."))
    if not text.strip():
        raise TableError(_("The file is empty."))
    return text, is_guessed


def _decoded(content: bytes) -> tuple[str, bool]:
    try:
        if content.startswith(_UTF_16):
            return content.decode("utf-16"), False
        return content.decode("utf-8-sig"), False
    except UnicodeDecodeError as error:
        if error.encoding.startswith("utf-16"):
            raise TableError(_("The file is damaged: it ends within a letter.")) from error
        # What Excel writes as plain "CSV" on an Arabic Windows. There every byte is some letter.
        return content.decode("windows-1256"), True


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row's number and cells, empty rows among them. Raises TableError."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = 0
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            told = _("Row %(number)d can’t be read: a quotation mark is missing or too many.")
            raise TableError(told % {"number": number}) from error


def _delimiter(text: str) -> str:
    headings = text.lstrip("\r\n").splitlines()[0]
    return max(_DELIMITERS, key=headings.count)


def _columns(headings: list[str], known: Collection[str], required: Collection[str]) -> list[str]:
    names = [name.strip().strip(BOM).lower() for name in headings]
    _refuse(_("There are no such columns: %(names)s."), [one for one in names if one not in known])
    twice = [one for one in dict.fromkeys(names) if one and names.count(one) > 1]
    _refuse(_("These columns are there twice: %(names)s."), twice)
    _refuse(
        _("These columns are missing: %(names)s."), [one for one in required if one not in names]
    )
    return names


def _refuse(told: str, names: Iterable[str]) -> None:
    shown = [name[:40] for name in names if name]
    if shown:
        raise TableError(told % {"names": _(", ").join(shown[:20])})


def _rows(records: Iterable[tuple[int, list[str]]], columns: list[str]) -> Iterator[Row]:
    for count, (number, record) in enumerate(records, start=1):
        if count > MOST_ROWS:
            raise TableError(_("There are too many rows: up to 5,000 can be imported at once."))
        yield _row(number, record, columns)


def _row(number: int, record: list[str], columns: list[str]) -> Row:
    # Excel leaves out separators at the end of rows whose last cells are empty.
    names = [*columns, *[""] * len(record)]
    cells = [*record, *[""] * len(columns)]
    if any(cell.strip() for name, cell in zip(names, cells, strict=False) if not name):
        told = _("Row %(number)d has more cells than there are headings.")
        raise TableError(told % {"number": number})
    return Row(number, {n: unshielded(c) for n, c in zip(names, cells, strict=False) if n})
