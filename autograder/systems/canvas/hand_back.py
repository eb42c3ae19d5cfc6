"""Canvas: its gradebook's CSV, and the zip of "Upload Submissions" with a page for each student.

What Canvas reads is `lib/gradebook_importer.rb` of instructure/canvas-lms: the columns Student, ID, perhaps SIS User ID
and SIS Login ID, Section; a row "Points Possible", where "(read only)" marks what it computes itself; an assignment's
column is `Title (id)`. A row is a student by ID, then by SIS ids. Of a file in the zip, the user's and the attachment's
id in its name decide (`generate_comments_from_files` of `app/models/abstract_assignment.rb`), so it has the name that
Canvas handed out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.checking.report import Report
from autograder.common.errors import CourseError
from autograder.common.spreadsheets import Sheet, guarded
from autograder.common.text import number
from autograder.systems._hand_back import (
    Graded,
    HandedBack,
    Person,
    Wishes,
    column_of,
    names_in,
    of_report,
    page_as,
    points,
    put,
    rows_of,
    sheet_bytes,
    zip_bytes,
)

WHO = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_NOT_ASSIGNMENTS = re.compile(r"(Current|Final|Override) (Score|Points|Grade|Status)")
_HANDED_OUT = re.compile(r"[^/]*?_(?:LATE_)?(\d+)_(\d+)_[^/]+")


def hand_back(lessons: Sequence[Graded], template: Sheet | None, wishes: Wishes) -> HandedBack:
    """`canvas-gradebook.csv`, and a zip of pages for each lesson whose submissions came from Canvas."""
    back = HandedBack()
    sheet = template if template is not None else _template(lessons)
    rows = [list(row) for row in sheet.rows]
    head = next((row for row in rows if row and "Student" in row[0]), None)
    if head is None or "ID" not in head or "Section" not in head:
        raise CourseError(f"That is no gradebook of Canvas: its columns are {', '.join(WHO)} and the assignments.")
    place = {name: head.index(name) for name in WHO if name in head}
    begin = rows.index(head) + 1
    possible = next((row for row in rows[begin:] if row and "Points Possible" in row[0]), [])
    people = {
        index: _person(row, place)
        for index, row in enumerate(rows)
        if index >= begin and len(row) > place["ID"] and row is not possible and (row[place["ID"]] or row[0].strip())
    }
    titles = {
        index: (header, re.sub(r" \(\d+\)$", "", header))
        for index, header in enumerate(head)
        if index > place["Section"] and not _NOT_ASSIGNMENTS.search(header) and not _read_only(possible, index)
    }
    for graded in lessons:
        column = column_of(graded, titles, wishes, "Canvas")
        there = possible[column] if column < len(possible) else ""
        asked = [of_report(report, _ids(report)[0]) for report, _ in graded.reports]
        found, why = rows_of(asked, people)
        pages = {}
        for index, (report, page) in enumerate(graded.reports):
            cell = points(report, graded.worth, there, wishes, head[column])
            if index in found:
                put(rows[found[index]], column, cell)
                if name := _ids(report)[1]:
                    pages[name] = page_as(name, page)
            else:
                back.left.append(f"{report.submission} ({graded.lesson}): {why[index]}.")
        if pages:
            back.files[f"canvas-{graded.lesson}-feedback.zip"] = zip_bytes(pages)
            back.next.append(f"canvas-{graded.lesson}-feedback.zip: the assignment, Upload Submissions.")
    back.files["canvas-gradebook.csv"] = sheet_bytes(sheet, rows)
    back.next.append("canvas-gradebook.csv: Gradebook, Import.")
    return back


def _person(row: list[str], place: dict[str, int]) -> Person:
    def cell(name: str) -> str:
        return row[place[name]].strip() if name in place and place[name] < len(row) else ""

    return Person(cell("ID"), cell("SIS Login ID"), cell("SIS User ID"), "", cell("Student"))


def _read_only(possible: list[str], index: int) -> bool:
    return index < len(possible) and "read only" in possible[index]


def _ids(report: Report) -> tuple[str, str]:
    """The user's id and the whole name of a file that Canvas handed out; empty where it did not."""
    for name in names_in(report):
        if written := _HANDED_OUT.fullmatch(name):
            return written[1], name
    return "", ""


def _template(lessons: Sequence[Graded]) -> Sheet:
    """A gradebook of those whom Canvas can know by what a report says: by its own id, or by their login."""
    titles = [graded.title for graded in lessons]
    known: dict[tuple[str, str], list[str]] = {}
    for graded in lessons:
        for report, _ in graded.reports:
            who = (_ids(report)[0], report.student.login)
            if any(who) and guarded(who[1]) == who[1]:
                row = [guarded(report.student.name), who[0], "", who[1], guarded(report.student.section)]
                known.setdefault(who, [*row, *[""] * len(titles)])
    worth = ["    Points Possible", "", "", "", "", *(number(graded.worth) for graded in lessons)]
    return Sheet([[*WHO, *titles], worth, *known.values()])
