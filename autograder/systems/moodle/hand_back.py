"""Moodle: an assignment's grading worksheet, and the zip of feedback files.

What Moodle reads of the worksheet is `mod/assign/feedback/offline/importgradeslib.php`: it needs the columns Identifier
("Participant 123"), Grade and "Last modified (grade)", and takes "Feedback comments" along. The headers are in the
language of whoever downloads it; these are the English ones. Of the zip, `mod/assign/feedback/file/importziplib.php`:
a folder's name is split at `_`, and its second part is the participant's number.
"""

from __future__ import annotations

import html
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
    comment,
    names_in,
    of_report,
    points,
    put,
    rows_of,
    sheet_bytes,
    zip_bytes,
)

NEEDED = ("Identifier", "Grade", "Last modified (grade)")
COLUMNS = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
    "Last modified (submission)", "Last modified (grade)", "Feedback comments",
)  # fmt: skip
_HANDED_OUT = re.compile(r"([^_]*)_(\d+)_assignsubmission_.*")


def hand_back(lessons: Sequence[Graded], template: Sheet | None, wishes: Wishes) -> HandedBack:
    """A worksheet and a zip of pages for each lesson: a worksheet of Moodle's is of one assignment."""
    if template is not None and len(lessons) > 1:
        raise CourseError("A worksheet of Moodle's is of one assignment: say of which lesson with --lesson.")
    back = HandedBack()
    for graded in lessons:
        _one(graded, template if template is not None else _template(graded), wishes, back)
    return back


def _one(graded: Graded, sheet: Sheet, wishes: Wishes, back: HandedBack) -> None:
    rows = [list(row) for row in sheet.rows]
    place = {name: rows[0].index(name) for name in COLUMNS if rows and name in rows[0]}
    if any(name not in place for name in NEEDED):
        raise CourseError(
            f"That is no grading worksheet of Moodle: it needs the columns {', '.join(NEEDED)}. Download it in English."
        )

    def cell(row: list[str], name: str) -> str:
        return row[place[name]].strip() if name in place and place[name] < len(row) else ""

    people = {
        index: Person(_participant(cell(row, "Identifier")), "", "", cell(row, "Email address"), cell(row, "Full name"))
        for index, row in enumerate(rows)
        if index and _participant(cell(row, "Identifier"))
    }
    found, why = rows_of([of_report(report, _number(report)) for report, _ in graded.reports], people)
    pages = {}
    for index, (report, page) in enumerate(graded.reports):
        row = rows[found[index]] if index in found else []
        if row and cell(row, "Grade can be changed") == "No":
            row, why[index] = [], "Moodle says that this grade can't be changed"
        if not row:
            back.left.append(f"{report.submission} ({graded.lesson}): {why[index]}.")
            continue
        there = cell(row, "Maximum Grade")
        grade = points(report, graded.worth, there, wishes, "Moodle's assignment")
        put(row, place["Grade"], grade.replace(".", ",") if "," in there else grade)
        if "Feedback comments" in place:
            put(row, place["Feedback comments"], html.escape(comment(report)))
        name = re.sub(r"[_/\\:\x00-\x1f]+", " ", cell(row, "Full name")).strip() or "Participant"
        number_ = _participant(cell(row, "Identifier"))
        pages[f"{name}_{number_}_assignsubmission_file_/{graded.lesson}.md"] = page.encode()
    back.files[f"moodle-{graded.lesson}.csv"] = sheet_bytes(sheet, rows)
    back.next.append(f"moodle-{graded.lesson}.csv: the assignment, Submissions, Upload grading worksheet.")
    if pages:
        back.files[f"moodle-{graded.lesson}-feedback.zip"] = zip_bytes(pages)
        back.next.append(f"moodle-{graded.lesson}-feedback.zip: Upload multiple feedback files in a zip.")


def _participant(text: str) -> str:
    written = re.search(r"(\d+)$", text)
    return written[1] if written else ""


def _number(report: Report) -> str:
    """The participant's number in the name of the folder that Moodle handed out; empty where it did not."""
    return next((found[2] for name in names_in(report) if (found := _HANDED_OUT.fullmatch(name))), "")


def _template(graded: Graded) -> Sheet:
    """A worksheet of those whose number is known, as Moodle has it before anybody is graded."""
    rows = [list(COLUMNS)]
    for report, _ in graded.reports:
        if participant := _number(report):
            who = [f"Participant {participant}", guarded(report.student.name), guarded(report.student.email), "", ""]
            rows.append([*who, number(graded.worth), "Yes", "-", "-", ""])
    return Sheet(rows)
