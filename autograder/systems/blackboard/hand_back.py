"""Blackboard Learn: what Grade Center takes under Work Offline, Upload.

As its help for instructors says (Upload or Download Grade Center Items for Working Offline): a row is a student by
Username, a column a grade item by the number at the end of its header, `LoRA [Total Pts: 28 Score] |123`; a column
without one becomes a new one of text. Files are divided by tabs (UTF-16, named .xls) or by commas. Downloaded with
comments, a column is followed by "Grading Notes", "Notes Format", "Feedback to Learner", "Feedback Format".
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from autograder.common.errors import CourseError
from autograder.common.spreadsheets import Sheet, guarded
from autograder.common.text import number
from autograder.systems._hand_back import (
    Graded,
    HandedBack,
    Person,
    Wishes,
    column_of,
    comment,
    names_in,
    of_report,
    points,
    put,
    rows_of,
    sheet_bytes,
)

WHO = ("Last Name", "First Name", "Username")
FEEDBACK = "Feedback to Learner"
_ITEM = re.compile(r"(?P<title>.*?)\s*\[Total Pts: (?P<points>[\d.,]+)(?: \w+)?\](?: ?\|\d+)?")  # "up to 9": computed
_HANDED_OUT = re.compile(r"(.+)_attempt_\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d(?:[_.].*)?")


def hand_back(lessons: Sequence[Graded], template: Sheet | None, wishes: Wishes) -> HandedBack:
    """`blackboard-gradebook.csv`, or `.xls` where the template is divided by tabs."""
    back = HandedBack()
    sheet = template if template is not None else _template(lessons)
    rows = [list(row) for row in sheet.rows]
    if not rows or "Username" not in rows[0]:
        raise CourseError(f"That is no table of Grade Center: its first columns are {', '.join(WHO)}.")
    head = rows[0]
    place = {name: head.index(name) for name in (*WHO, "Student ID") if name in head}
    people = {index: _person(row, place) for index, row in enumerate(rows) if index and len(row) > place["Username"]}
    items = {index: item for index, title in enumerate(head) if (item := _ITEM.fullmatch(title.strip()))}
    for graded in lessons:
        titles = {index: (head[index], item["title"]) for index, item in items.items()}
        column = column_of(graded, titles, wishes, "Grade Center")
        logins = _usernames(graded)
        asked = [of_report(report, login=logins.get(report.submission, "")) for report, _ in graded.reports]
        found, why = rows_of(asked, people)
        feedback = next((index for index in range(column + 1, len(head)) if head[index] == FEEDBACK), None)
        if feedback is not None and any(column < item < feedback for item in items):
            feedback = None  # another item's
        for index, (report, _) in enumerate(graded.reports):
            grade = points(report, graded.worth, items[column]["points"], wishes, items[column]["title"])
            if index not in found:
                back.left.append(f"{report.submission} ({graded.lesson}): {why[index]}.")
                continue
            put(rows[found[index]], column, grade)
            if feedback is not None:
                put(rows[found[index]], feedback, comment(report))
        if feedback is None:
            back.next.append(
                f"{graded.lesson} has no column {FEEDBACK!r}: download it with comments to fill that, too."
            )
    name = f"blackboard-gradebook.{'xls' if sheet.delimiter == chr(9) else 'csv'}"
    back.files[name] = sheet_bytes(sheet, rows)
    back.next.append(f"{name}: Grade Center, Work Offline, Upload.")
    return back


def _person(row: list[str], place: dict[str, int]) -> Person:
    def cell(name: str) -> str:
        return row[place[name]].strip() if name in place and place[name] < len(row) else ""

    login = cell("Username")
    return Person("", login, cell("Student ID"), "", f"{cell('First Name')} {cell('Last Name')}")


def _usernames(graded: Graded) -> dict[str, str]:
    """submission → the user's name in that of the file that Blackboard handed out, `hw_ann_attempt_...`.

    Both parts may hold `_`. What all files of the lesson begin with is the assignment's name; one file alone tells only
    where it can be divided in one way.
    """
    begins: dict[str, str] = {}
    for report, _ in graded.reports:
        found = (match[1] for name in names_in(report) if (match := _HANDED_OUT.fullmatch(name)))
        if begin := next(found, ""):
            begins[report.submission] = begin
    different = set(begins.values())
    if len(different) == 1:
        return {name: begin.split("_")[1] for name, begin in begins.items() if begin.count("_") == 1}
    shared = os.path.commonprefix(list(different))
    shared = shared[: shared.rfind("_") + 1]
    return {name: begin[len(shared) :] for name, begin in begins.items() if shared}


def _template(lessons: Sequence[Graded]) -> Sheet:
    """A table of those whose user name is known; its columns become new ones, of text."""
    items = [f"{graded.title} [Total Pts: {number(graded.worth)} Score]" for graded in lessons]
    known: dict[str, list[str]] = {}
    for graded in lessons:
        logins = _usernames(graded)
        for report, _ in graded.reports:
            login = report.student.login or logins.get(report.submission, "")
            if login and guarded(login) == login:
                first, _, last = report.student.name.rpartition(" ")
                known.setdefault(login, [guarded(last), guarded(first), login, *[""] * len(items)])
    return Sheet([[*WHO, *items], *known.values()], quoted=True)
