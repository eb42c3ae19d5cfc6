"""What a student reads of each mistake that a lesson knows: made by making the mistake, so that it stays true."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from autograder.authoring.audit import Case, cases
from autograder.checking.collecting import collect_checks
from autograder.checking.report import Report
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.grading.pool import Job
from autograder.grading.prepare import GradeAll

_OWN_LINES = re.compile(r"\nat .*(?:\n {5}.*)*")  # the student's, and the shapes of their variables below them


@dataclass(frozen=True)
class Told:
    """A mistake by its sentence, and the first thing that the checks of its exercise say to it."""

    exercise: str
    sentence: str
    said: str
    public: bool = True  # whether a check says it that students have


def known_mistakes(course: Course, lesson: Lesson) -> list[Case]:
    """The lesson's misconceptions of one exercise each, exercise by exercise."""
    found = [case for case in cases(course, lesson) if case.kind == "misconception" and len(case.exercises) == 1]
    order = list(lesson.exercises)
    return sorted(found, key=lambda case: (order.index(case.exercises[0]), case.name))


def gallery(
    course: Course,
    lesson: Lesson,
    grade: GradeAll,
    tier: str,
    *,
    hidden: bool = False,
    on_mistake: Callable[[Case], None] = lambda case: None,
) -> list[Told]:
    """Make each mistake, run the public checks of its exercise, and keep the first thing that they say.

    With `hidden`, what only hidden checks find is there, too, with their sentence; else it is left out. The student's
    own lines, which an error is told with, are left out: they are the wrong code.
    """
    found: list[Told] = []
    checks = collect_checks(course, lesson, hidden=hidden).checks
    for exercise, group in groupby(known_mistakes(course, lesson), key=lambda case: case.exercises[0]):
        made = list(group)
        job = Job(lesson, [check for check in checks if check.exercise == exercise], "0", tier)
        reports: dict[int, Report] = {}
        for index, report in grade(job, [(case.submission(lesson.name), "") for case in made]):
            if report is None:
                raise CourseError(f"{made[index].name} ended the grader that ran it.")
            on_mistake(made[index])
            reports[index] = report
        for index, case in enumerate(made):
            found += _told(case, reports[index])
    return found


def _told(case: Case, report: Report) -> list[Told]:
    failed = [check for check in report.checks if check.outcome == "failed"]
    if not failed:
        return []
    first = min(failed, key=lambda check: not check.public)
    told = _OWN_LINES.sub("", f"{first.exercise}: {first.message}")
    return [Told(case.exercises[0], case.sentence, told.replace("\n", "\n  "), first.public)]
