"""A student's page as HTML: what the Markdown page says, by the same rules about what may be said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from autograder.checking.report import CheckReport, Report
from autograder.common.lessons import Exercise, Lesson
from autograder.common.text import number
from autograder.grading.class_report.pages import environment
from autograder.grading.files import Told, told

_MARKS = {"passed": "✓ passed", "failed": "✗ failed", "todo": "… to do", "blocked": "· blocked"}


@dataclass(frozen=True)
class Part:
    """What the page says of one exercise."""

    name: str
    points: str
    outcome: str
    note: str
    told: list[Told]
    link: str  # where to read about it; "" where it is done

    @property
    def mark(self) -> str:
        return _MARKS[self.outcome]


def student_html(report: Report, lesson: Lesson, lesson_url: str = "") -> str:
    """The page. `lesson_url`: the web address of the folder that holds the lessons, if there is one."""
    parts = [] if report.status == "broken" else list(_parts(report, lesson, lesson_url or "exercises"))
    page = environment().get_template("student.html")
    return page.render(report=report, lesson=lesson, parts=parts, marks=_MARKS, web=bool(lesson_url))


def _parts(report: Report, lesson: Lesson, folder: str) -> Iterator[Part]:
    for name, exercise in lesson.exercises.items():
        checks = [check for check in report.checks if check.exercise == name]
        if checks:
            yield _part(exercise, checks, f"{folder.rstrip('/')}/{quote(lesson.name)}/README.md")


def _part(exercise: Exercise, checks: list[CheckReport], page: str) -> Part:
    earned, worth = sum(check.points for check in checks), sum(check.max_points for check in checks)
    points = f"{number(earned)} of {number(worth)}" if worth else "ungraded"
    passed = sum(check.outcome == "passed" for check in checks)
    outcomes = {check.outcome for check in checks}
    link = f"{page}#:~:text={quote(exercise.name)}"  # its first mention, in browsers that know such links
    if outcomes == {"todo"}:
        minutes = f", about {exercise.minutes} minutes" if exercise.minutes else ""
        return Part(exercise.name, points, "todo", f"To do{minutes}.", [], link)
    if "blocked" in outcomes:
        reason = next(check.message for check in checks if check.outcome == "blocked")  # names an exercise, no more
        return Part(exercise.name, points, "blocked", f"{reason[:1].upper()}{reason[1:]}.", [], link)
    done = passed == len(checks)
    note = f"{passed} of {len(checks)} checks pass."
    return Part(exercise.name, points, "passed" if done else "failed", note, told(checks), "" if done else link)
