"""What every system that grades are handed back to shares: whose row is whose, and which column is a lesson's.

A grade goes into a row only where what is known of the student fits that row and no other, and no other report fits it.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from autograder.checking.report import Report
from autograder.common.errors import CourseError
from autograder.common.spreadsheets import Sheet, guarded
from autograder.common.text import number, one_line
from autograder.systems._bundle import write_zip


@dataclass(frozen=True)
class Graded:
    """The reports of one lesson, each with its student's page; `title` is the lesson's, if the course has it."""

    lesson: str
    title: str
    reports: Sequence[tuple[Report, str]]

    @property
    def worth(self) -> float:
        return max(report.max_score for report, _ in self.reports)


@dataclass(frozen=True)
class Wishes:
    """`columns` names the column of a lesson; with `scaled`, points are scaled to what the column is worth there."""

    columns: Mapping[str, str] = field(default_factory=dict)
    scaled: bool = False


@dataclass
class HandedBack:
    """The files to upload, whom nobody's row fits (a sentence each), and what to do next."""

    files: dict[str, bytes] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    next: list[str] = field(default_factory=list)


# --- whose row ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """What is known of somebody, in a row or a report. `number` is the system's own; empty texts are not known."""

    number: str = ""
    login: str = ""
    other_id: str = ""
    email: str = ""
    name: str = ""
    label: str = ""  # what the student is called where nothing else is known: perhaps any of these


def of_report(report: Report, number: str = "", login: str = "") -> Person:
    """What a report says of its student, and what the name of the file that was handed in does."""
    student = report.student
    known = student.login or student.email or number or login
    return Person(number, student.login or login, "", student.email, student.name, "" if known else student.name)


def rows_of(people: Sequence[Person], rows: Mapping[int, Person]) -> tuple[dict[int, int], dict[int, str]]:
    """(place in `people` → row) for those who fit one row and only they, and why others have none."""
    found: dict[int, int] = {}
    why: dict[int, str] = {}
    for place, person in enumerate(people):
        fitting = _fitting(person, rows)
        if len(fitting) == 1:
            found[place] = fitting[0]
        else:
            why[place] = "no row fits" if not fitting else f"{len(fitting)} rows fit"
    taken = list(found.values())
    for place, row in list(found.items()):
        if taken.count(row) > 1:
            del found[place]
            why[place] = "another report fits the same row"
    return found, why


def _fitting(person: Person, rows: Mapping[int, Person]) -> list[int]:
    """The rows that the strongest thing known of a person names, without those that say otherwise of them."""
    for ours in _keys(person):
        if fitting := [index for index, row in rows.items() if ours & _row_keys(row)]:
            return [index for index in fitting if not _contradicts(person, rows[index])]
    return []


def _keys(person: Person) -> list[set[tuple[str, str]]]:
    """What is known of a person, the strongest first."""
    label = {(kind, person.label) for kind in ("number", "login", "other_id")}
    kinds = [
        {("number", person.number)},
        {("login", person.login), ("other_id", person.login)},
        {("email", person.email.casefold())},
        label,
        {("name", folded(person.name))},
    ]
    return [known for kind in kinds if (known := {(what, text) for what, text in kind if text})]


def _row_keys(row: Person) -> set[tuple[str, str]]:
    exact = {("number", row.number), ("login", row.login), ("other_id", row.other_id)}
    return {
        (what, text) for what, text in exact | {("email", row.email.casefold()), ("name", folded(row.name))} if text
    }


def _contradicts(person: Person, row: Person) -> bool:
    pairs = [(person.number, row.number), (person.email.casefold(), row.email.casefold())]
    if person.login not in (row.login, row.other_id):
        pairs.append((person.login, row.login))
    return any(ours and theirs and ours != theirs for ours, theirs in pairs)


def folded(name: str) -> str:
    """A name without case, accents and odd spaces; "Lee, Ann" as "Ann Lee"."""
    last, comma, first = name.partition(",")
    plain = unicodedata.normalize("NFKD", f"{first} {last}" if comma else name)
    kept = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(kept.replace("_", " ").casefold().split())


# --- columns and cells ----------------------------------------------------------------------------------------------


def column_of(graded: Graded, columns: Mapping[int, tuple[str, str]], wishes: Wishes, system: str) -> int:
    """The column of a lesson, of those that may hold grades, by header and title: the one named, or called like it.

    Raises CourseError where there is none, or where there are two.
    """
    wanted = wishes.columns.get(graded.lesson)
    names = {folded(wanted)} if wanted is not None else {folded(graded.lesson), folded(graded.title)}
    found = [index for index, (header, _) in columns.items() if header == wanted]
    found = found or [index for index, (_, title) in columns.items() if folded(title) in names]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(repr(one_line(header)) for header, _ in columns.values()) or "none"
    raise CourseError(
        f"{'No' if not found else 'More than one'} column of {system} is called {wanted or graded.title}: say which is "
        f"{graded.lesson}'s with --column {graded.lesson}=NAME; there are {listed}."
    )


def points(report: Report, worth: float, there: str, wishes: Wishes, where: str) -> str:
    """What counts of a report as a cell says it; `there` is what the column is worth, as it is written there.

    Raises CourseError where that is another number of points, unless they are to be scaled.
    """
    try:
        most = float(there.strip().replace(",", "."))
    except ValueError:
        most = worth  # nothing is said
    if abs(most - worth) < 0.005:
        return number(report.final)
    if not wishes.scaled:
        raise CourseError(
            f"{where} is worth {number(most)} points there, and {report.lesson} {number(worth)}: "
            "change it there, or give --scale."
        )
    return number(report.final * most / worth) if worth else "0"


def put(row: list[str], column: int, text: str) -> None:
    row.extend([""] * (column + 1 - len(row)))
    row[column] = text


def comment(report: Report) -> str:
    """What a student reads beside the grade, in a line that begins with a number, and so is no formula."""
    told = [f"{number(report.score)} of {number(report.max_score)} points"]
    told += [f"{one.points:+g} ({one.kind}): {guarded(one_line(one.reason))}" for one in report.adjustments]
    told += [f"{number(report.final)} count"] if report.adjustments else []
    return "; ".join([*told, *([guarded(one_line(report.reason))] if report.reason else [])])


def sheet_bytes(sheet: Sheet, rows: list[list[str]]) -> bytes:
    return sheet.with_rows(rows).to_bytes()


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    raw = io.BytesIO()
    write_zip(raw, dict(files), set())
    return raw.getvalue()


def names_in(report: Report) -> Sequence[str]:
    """The names of the folders and files that a report's submission lay in, the outermost first: those further in,
    a student may have chosen. What the instructor named is no system's, unless it was handed in alone.
    """
    given, *inside = re.split(r"[/\\:]", report.source)
    return inside or [given]


def page_as(name: str, page: str) -> bytes:
    """A student's page in a file that is to have the name of what was handed in, and so is one of its kind."""
    suffix = PurePosixPath(name).suffix
    if suffix == ".py":
        return "".join(f"# {line}".rstrip() + "\n" for line in page.splitlines()).encode()
    if suffix == ".ipynb":
        cell = {"cell_type": "markdown", "metadata": {}, "source": page}
        return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()
    if suffix == ".zip":
        return zip_bytes({"feedback.md": page.encode()})
    return page.encode()
