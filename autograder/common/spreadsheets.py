"""Tables as spreadsheets and learning systems write them: read in any of their forms, and written back in the same."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.common.errors import CourseError

_MAX = 32 << 20  # bytes of a table that is read
# What a spreadsheet would run: at the start of a cell, and behind a sign by which it may divide where the file doesn't
# (in most of Europe that is a semicolon; LibreOffice takes several). The last four are Japanese.
_FORMULA = re.compile(r"""(^|[;\t\r\n])(?=["\s]*[=+\-@\uff1d\uff0b\uff0d\uff20])|^(?=[\t\r])""")


@dataclass(frozen=True)
class Sheet:
    """Rows of texts, the line of the file in which each begins (from 1), and the form that the file has."""

    rows: list[list[str]]
    lines: list[int] = field(default_factory=list)
    encoding: str = "utf-8"
    delimiter: str = ","
    newline: str = "\n"
    quoted: bool = False  # every cell, as some systems do

    def with_rows(self, rows: list[list[str]]) -> Sheet:
        return replace(self, rows=rows)

    def to_bytes(self) -> bytes:
        """The file, in the form of the one that was read."""
        text = io.StringIO()
        writer = csv.writer(
            text,
            delimiter=self.delimiter,
            lineterminator=self.newline,
            quoting=csv.QUOTE_ALL if self.quoted else csv.QUOTE_MINIMAL,
        )
        writer.writerows(self.rows)
        return text.getvalue().encode(self.encoding, errors="replace")


def read_sheet(path: Path) -> Sheet:
    """Read a table: UTF-8, UTF-16 with its mark, or Windows' Latin; divided by commas, semicolons or tabs.

    Raises CourseError, with file and line, on what is no table.
    """
    text, encoding = read_text(path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    rows, lines = [], []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        begins = 1
        for row in reader:
            rows.append(row)
            lines.append(begins)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise CourseError(f"{path}, line {reader.line_num}: this is no line of a table ({error}).") from None
    newline = "\r\n" if "\r\n" in text else "\n"
    return Sheet(rows, lines, encoding, delimiter, newline, quoted=first.startswith('"') and first.endswith('"'))


def read_text(path: Path) -> tuple[str, str]:
    """The text of a table, and its encoding. Raises CourseError."""
    try:
        with open(path, "rb") as file:
            raw = file.read(_MAX + 1)
    except OSError as error:
        raise CourseError(f"{path} can't be read ({error.strerror}).") from None
    if len(raw) > _MAX:
        raise CourseError(f"{path} is over {_MAX >> 20} MiB, which is no table of a class.")
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8", "cp1252"]:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise CourseError(f"{path} is no text: save it as CSV, in UTF-8.")


def records(path: Path, needed: Sequence[str], allowed: Iterable[str]) -> list[tuple[int, dict[str, str]]]:
    """(line, column → text) of each row that isn't empty, from a table whose first row names its columns.

    Raises CourseError where a column is missing, unknown or there twice, or where a row has other cells.
    """
    sheet = read_sheet(path)
    rows = [(line, row) for line, row in zip(sheet.lines, sheet.rows, strict=True) if any(map(str.strip, row))]
    if not rows:
        raise CourseError(f"{path} is empty: its first line names the columns {', '.join(needed)}.")
    heads = [head.strip().casefold() for head in rows[0][1]]
    known = [*needed, *allowed]
    for name in needed:
        if name not in heads:
            raise CourseError(
                f"{path}, line {rows[0][0]}: there is no column {name}; there must be {', '.join(needed)}."
            )
    for head in heads:
        if head not in known:
            raise CourseError(f"{path}, line {rows[0][0]}: there is no column {head!r}; there are {', '.join(known)}.")
        if heads.count(head) > 1:
            raise CourseError(f"{path}, line {rows[0][0]}: the column {head} is there twice.")
    found = []
    for line, row in rows[1:]:
        if len(row) > len(heads):
            raise CourseError(f"{path}, line {line}: there are {len(row)} cells below {len(heads)} columns.")
        found.append((line, dict.fromkeys(heads, "") | dict(zip(heads, map(str.strip, row), strict=False))))
    return found


def guarded(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula, nor a part of it where it divides the file anew."""
    return _FORMULA.sub(r"\1'", text)


def sheet_text(rows: Iterable[Sequence[str]]) -> str:
    """The table of these rows, as CSV. What is no number should be `guarded` before."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
