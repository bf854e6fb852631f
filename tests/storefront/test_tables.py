"""Files become tables, whoever wrote them; and tables files that spreadsheets open unharmed."""

import csv
import io

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.tables import (
    LARGEST,
    MOST_ROWS,
    TableError,
    read_table,
    shielded,
    unshielded,
    written,
)

KNOWN = ("slug", "name_ar", "price")
TEXT = "slug,name_ar,price\r\noud,دهن عود,١٢٫٥٠٠\r\n"
ROWS = [(2, {"slug": "oud", "name_ar": "دهن عود", "price": "١٢٫٥٠٠"})]


def read(content, **options):
    content = content.encode() if isinstance(content, str) else content
    return read_table(content, known=KNOWN, **options)


def rows(content):
    return [(row.number, row.cells) for row in read(content).rows]


def refusal(content, **options):
    with pytest.raises(TableError) as refused:
        read(content, **options)
    return str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1256"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_spreadsheets_encodings_delimiters_and_line_ends(encoding, delimiter, end):
    text = TEXT.replace("١٢٫٥٠٠", "12.500") if encoding == "windows-1256" else TEXT
    content = text.replace(",", delimiter).replace("\r\n", end).encode(encoding)

    table = read(content)

    assert [row.cells["name_ar"] for row in table.rows] == ["دهن عود"]
    assert table.is_guessed == (encoding == "windows-1256")


def test_utf_16_of_the_other_end():
    assert rows(b"\xfe\xff" + TEXT.encode("utf-16-be")) == ROWS


def test_quoted_cells_hold_line_ends_delimiters_and_quotes():
    assert rows('slug,name_ar\noud,"a, ""b""\r\nc"\n') == [
        (2, {"slug": "oud", "name_ar": 'a, "b"\r\nc'})
    ]


def test_headings_in_any_order_and_size():
    assert rows(" PRICE ,Slug\n1,a") == [(2, {"price": "1", "slug": "a"})]


def test_empty_rows_count_and_are_skipped():
    assert rows("\nslug,price\n\na,1\n,\n b ,\n") == [
        (4, {"slug": "a", "price": "1"}),
        (6, {"slug": " b ", "price": ""}),
    ]


def test_missing_cells_at_a_row_s_end_are_empty():
    assert rows("slug,name_ar,price\na\n") == [(2, {"slug": "a", "name_ar": "", "price": ""})]


def test_empty_columns_without_a_heading_are_no_matter():
    assert rows("slug,,\na,,\n") == [(2, {"slug": "a"})]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf \r\n", "The file is empty."),
        (b",,,", "The file is empty."),
        (b'""', "The file is empty."),
        (b";\n;", "The file is empty."),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "Excel workbook"),
        (b"slug\n\x00", "no text file"),
        ("slug\na".encode("utf-32"), "no text file"),
        (b"\xff\xfes\x00l\x00u", "damaged"),
        (b"slug,price\n", "no rows below"),
        (b"slug,colour,size\na,b,c", "no such columns: colour, size."),
        (b"slug,price,Slug\na,1,b", "twice: slug."),
        (b"price\n1", "missing: slug."),
        (b'slug,price\na,"1\nb,2', "Row 2 can’t be read"),
        (b'slug,price\nok,1\na,"1"2\n', "Row 3 can’t be read"),
        (b"slug,price\na," + b"1" * 200_000, "Row 2 can’t be read"),
        (b"slug,price\na,1,2\n", "Row 2 has more cells"),
        (b"slug,\na,b\n", "Row 2 has more cells"),
        (b"slug\n" + b"a\n" * (MOST_ROWS + 1), "too many rows"),
        (b"a" * (LARGEST + 1), "too large"),
    ],
)
def test_what_is_no_table_is_refused_and_told_why(content, told):
    assert told in refusal(content, required=["slug"])


def test_as_many_rows_as_may_be():
    assert len(read(b"slug\n" + b"a\n" * MOST_ROWS).rows) == MOST_ROWS


def test_a_refusal_is_in_the_language_in_force():
    with override("ar"):
        assert refusal(b"") == "الملف فارغ."


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "''-x"]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_shielded(text):
    assert shielded(text) == f"'{text}"
    assert unshielded(shielded(text)) == text


@pytest.mark.parametrize("text", ["", "a=1", "'a", "''", "'", "دهن", " =1"])
def test_other_text_is_left_alone(text):
    assert shielded(text) == text == unshielded(text)


PIECES = st.text(st.sampled_from("='+-@\t\r\nab\",;|دع ＝"), max_size=6)


@given(st.lists(st.tuples(PIECES, PIECES), min_size=1, max_size=5))
def test_what_is_written_is_read_as_it_was(cells):
    content = b"".join(
        written([["slug", "name_ar"], *([shielded(a), shielded(b)] for a, b in cells)])
    )

    found = {row.number: tuple(row.cells.values()) for row in _read_any(content)}

    for number, pair in enumerate(cells, start=2):
        if any(cell.strip() for cell in map(shielded, pair)):
            assert found[number] == pair


def _read_any(content):
    try:
        return read(content).rows
    except TableError:  # all cells were empty: there are no rows
        return ()


@given(PIECES)
def test_no_spreadsheet_sees_a_formula(text):
    content = b"".join(written([[shielded(text)]])).decode("utf-8-sig")
    cell = next(csv.reader(io.StringIO(content, newline="")), [""])[0:1] or [""]

    assert not cell[0].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
