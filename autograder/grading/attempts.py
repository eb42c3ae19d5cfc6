"""The best of several attempts: all are graded, and the student's report is that of the best one.

The attempts' own reports lie in `OUT/attempts/`. What the checks ask is drawn from what was handed in, so an attempt
has the same score there and among the results.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from autograder.checking.class_of import Class, counting
from autograder.checking.report import Report
from autograder.checking.submission import Submission
from autograder.common.lessons import Course, Lesson
from autograder.grading.grade import Settings, grade
from autograder.grading.results import lessons_in
from autograder.grading.seeds import kept

FOLDER = "attempts"


def best(
    course: Course,
    lesson: Lesson,
    found: Class,
    out: Path,
    settings: Settings,
    on_report: Callable[[Report], None] = lambda report: None,
) -> list[Submission]:
    """For each student the attempt that counts most, of equal ones the last; none that can't be decided."""
    groups = [[one for one in attempts if not one.undecided] for attempts in found.by_student.values()]
    several = replace(found, attempts=[one for group in groups if len(group) > 1 for one in group])
    tried = several.all()
    scores: dict[str, float] = {}
    if tried:
        seed = settings.seed or kept(out, has_reports=lambda: bool(lessons_in(out)))
        outcome = grade(course, lesson, tried, out / FOLDER, replace(settings, seed=seed), on_report)
        scores = {report.submission: report.final for report in outcome.reports}
    rated = iter(scores.get(one.name, -1.0) for one in tried)
    chosen = []
    for group in groups:
        if len(group) > 1:
            points = [next(rated) for _ in group]
            last = max(index for index, score in enumerate(points) if score == max(points))
            chosen.append(group[last].submission)
        elif group:
            chosen.append(counting(group).submission)
    return chosen
