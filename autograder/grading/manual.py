"""Points and comments that somebody gives by hand: a table with the columns student, lesson, exercise, points, comment.

`exercise` may be empty. A row gives no more than its exercise, or its lesson, is worth, and takes no more off. What all
rows come to is cut where it would lift a student above the lesson's points, or below none; where the column `extra`
says yes, points may lift above.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.checking.submission import Who
from autograder.common.errors import CourseError
from autograder.common.lessons import Course
from autograder.common.spreadsheets import records
from autograder.common.text import number, one_line

COLUMNS = ("student", "lesson", "exercise", "points", "comment")
_YES, _NO = ("yes", "true", "1", "x"), ("", "no", "false", "0")


@dataclass(frozen=True)
class Points:
    """One row. `student` is as it is written there; below `points` 0 they are taken off."""

    line: int
    student: str
    lesson: str
    exercise: str
    points: float
    comment: str
    extra: bool = False

    @property
    def reason(self) -> str:
        told = one_line(self.comment) or "given by hand"
        return f"{self.exercise}: {told}" if self.exercise else told


def read_points(path: Path, course: Course) -> list[Points]:
    """The rows of a table. Raises CourseError, with file and line, on one that can't be given to anybody."""
    found = []
    for line, row in records(path, COLUMNS, ["extra"]):
        try:
            found.append(_points(line, row, course))
        except ValueError as problem:
            raise CourseError(f"{path}, line {line}: {problem}.") from None
    return found


def _points(line: int, row: dict[str, str], course: Course) -> Points:
    student, lesson, exercise = row["student"], row["lesson"], row["exercise"]
    if not student:
        raise ValueError("it names no student")
    if lesson not in course.lessons:
        raise ValueError(f"there is no lesson {one_line(lesson)!r}; the lessons are {', '.join(course.lessons)}")
    exercises = course.lessons[lesson].exercises
    if exercise and exercise not in exercises:
        listed = ", ".join(exercises)
        raise ValueError(f"{lesson} has no exercise {one_line(exercise)!r}; its exercises are {listed}")
    points = _number(row["points"])
    worth = exercises[exercise].points if exercise else sum(one.points for one in exercises.values())
    if (extra := row.get("extra", "").casefold()) not in (*_YES, *_NO):
        raise ValueError(f"extra is {one_line(extra)!r}: write yes, or nothing")
    if abs(points) > worth and not (points > 0 and extra in _YES):
        raise ValueError(f"{number(points)} points are more than the {number(worth)} of {exercise or lesson}")
    return Points(line, student, lesson, exercise, points, row["comment"], extra in _YES)


def _number(text: str) -> float:
    try:
        points = float(text)
    except ValueError:
        points = math.nan
    if not math.isfinite(points):
        raise ValueError(f"{one_line(text)!r} is no number of points; write 1.5 with a point")
    return points


def given_to(path: Path, rows: Iterable[Points], people: Iterable[Who]) -> list[Points]:
    """The rows with the id of their student, whom they may also name by login, e-mail or name.

    Raises CourseError where that is nobody, or may be two.
    """
    by_text: dict[str, set[str]] = {}
    for who in people:
        for text in (who.login, who.email, who.name):
            by_text.setdefault(text, set()).add(who.id)
    ids = set().union(*by_text.values())
    found = []
    for row in rows:
        meant = {row.student} if row.student in ids else by_text.get(row.student, set())
        told = f"{path}, line {row.line}: {one_line(row.student)}"
        if not meant:
            raise CourseError(f"{told} is no student of these results.")
        if len(meant) > 1:
            raise CourseError(f"{told} may be {' or '.join(sorted(meant))}: write one of these.")
        found.append(replace(row, student=meant.pop()))
    return found
