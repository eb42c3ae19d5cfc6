"""What a folder of results holds of a class: reports, what they took the place of, and who is like whom."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder.checking.report import Report
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Exercise, Lesson
from autograder.grading.compare import Change, change_of
from autograder.grading.results import Results
from autograder.grading.similarity import Pair, pairs_of

TABLE, PAGE = "similarity.csv", "similarity.html"  # what `autograder similarity` wrote, if it lies beside the reports


@dataclass(frozen=True)
class Found:
    """A lesson in a folder of results. `problems` has a sentence for each file that can't be read."""

    lesson: Lesson
    results: Results
    reports: list[Report]
    changes: list[Change]
    pairs: list[Pair] | None  # the most alike first; None where nobody looked
    problems: list[str]


def read(course: Course, out: Path, only: str | None = None, table: Path | None = None) -> list[Found]:
    """The lessons of a folder in the order of the course, or `only` one; `table` are the pairs of that one.

    Raises CourseError where there is nothing, and an OSError on a table that was asked for and can't be read.
    """
    folders = sorted(path for path in out.glob("[!.]*") if path.is_dir() and only in (None, path.name))
    everything = [(results, *results.all()) for results in (Results(out, path.name) for path in folders)]
    held = [(results, reports, problems) for results, reports, problems in everything if reports or problems]
    if not held:
        of = f" of {only}" if only else ""
        raise CourseError(f"There are no reports{of} in {out}: give the folder that grade wrote to, its --out.")
    if table is not None and len(held) > 1:
        raise CourseError(f"{table} is of one lesson, and {out} holds several: say which with --lesson.")
    order = list(course.lessons)
    held.sort(key=lambda one: order.index(one[0].lesson) if one[0].lesson in order else len(order))
    found = []
    for results, reports, problems in held:
        pairs, unread = _pairs(table or results.folder / TABLE, wanted=table is not None)
        lesson = course.lessons.get(results.lesson) or _unknown(results.lesson, reports)
        found.append(Found(lesson, results, reports, _changes(results, reports), pairs, problems + unread))
    return found


def _changes(results: Results, reports: list[Report]) -> list[Change]:
    """What became other when a report took the place of an earlier one of the same submission, the latest first."""
    changes = []
    for report in reports:
        earlier = sorted(results.earlier(report.submission), key=_when)
        change = change_of(results.lesson, report.submission, earlier[-1], report) if earlier else None
        changes += [change] if change is not None else []
    return sorted(changes, key=lambda change: _when(change.new), reverse=True)


def _when(report: Report | None) -> str:
    return (report.times.graded_at if report is not None else None) or ""


def _pairs(table: Path, wanted: bool) -> tuple[list[Pair] | None, list[str]]:
    if not wanted and not table.is_file():
        return None, []
    try:
        pairs = pairs_of(table.read_text(encoding="utf-8"))
    except ValueError:
        return None, [f"{table} is no table of autograder similarity, and in no report: make it again."]
    return sorted(pairs, key=lambda pair: -pair.similarity), []


def _unknown(name: str, reports: list[Report]) -> Lesson:
    """A lesson that this course doesn't have, as far as its reports tell."""
    exercises = dict.fromkeys(check.exercise for report in reports for check in report.checks)
    return Lesson(name, Path(name), name, "", 0, {one: Exercise(one, 0, 0, (), ()) for one in exercises})
