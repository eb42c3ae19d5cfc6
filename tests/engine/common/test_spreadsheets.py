"""Tables in any form that spreadsheets and learning systems write, and cells that none takes for a formula."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.common.errors import CourseError
from autograder.common.spreadsheets import guarded, read_sheet, records, sheet_text

TEXT = 'name{0}points{1}"Müller{0} Zoë"{0}1{1}"two{1}lines"{0}"a ""b"""{1}'
ROWS = [["name", "points"], ["Müller{0} Zoë", "1"], ["two{1}lines", 'a "b"']]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_table_is_read_in_its_form_and_written_back_in_it(tmp_path, encoding, delimiter, newline):
    path = tmp_path / "table"
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    path.write_bytes((mark + TEXT.format(delimiter, newline)).encode(encoding))
    sheet = read_sheet(path)
    assert sheet.rows == [[cell.format(delimiter, newline) for cell in row] for row in ROWS]
    assert sheet.lines == [1, 2, 3]
    path.write_bytes(sheet.to_bytes())
    again = read_sheet(path)
    assert (again.rows, again.delimiter, again.newline) == (sheet.rows, delimiter, newline)
    assert again.encoding == sheet.encoding


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"a,b\n\x00,1\n", "is no text"),
        (b"\xff\xfea", "is no text"),
        (b'a,b\nc,"d"e\n', "line 2: this is no line of a table"),
        (b'a,b\nc,"d\n', "line 2: this is no line of a table"),
    ],
)
def test_what_is_no_table_is_named_with_its_line(tmp_path, raw, said):
    path = tmp_path / "table.csv"
    path.write_bytes(raw)
    with pytest.raises(CourseError, match=said):
        read_sheet(path)


def test_rows_by_their_columns(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(" A ;b\n\n1; 2 \n3\n")
    assert records(path, ["a"], ["b"]) == [(3, {"a": "1", "b": "2"}), (4, {"a": "3", "b": ""})]
    path.write_text("a,a\n")
    with pytest.raises(CourseError, match="line 1: the column a is there twice"):
        records(path, ["a"], [])


@given(st.text())
def test_no_guarded_cell_begins_a_formula(text):
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert guarded(guarded(text)) == guarded(text) and next(csv.reader([guarded("=1,2")]))[0] == "'=1"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d", " =", '"=', '"" ='])
@pytest.mark.parametrize("before", ["", "x;", "x\t", 'x";', "x;;"])
def test_no_formula_begins_in_a_spreadsheet_that_divides_by_another_sign(before, start, delimiter):
    """A file that is called `x;=HYPERLINK(...)`, opened where cells are divided by semicolons."""
    table = sheet_text([["ann", guarded(f"{before}{start}1+1"), "7"]])
    cells = [cell.lstrip(' "') for cell in next(csv.reader([table], delimiter=delimiter))]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\uff1d"))], cells
    assert guarded("Ann-Lee; x=1, a@b.org") == "Ann-Lee; x=1, a@b.org"
