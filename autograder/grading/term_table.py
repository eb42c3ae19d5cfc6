"""The table of the term, `OUT/term.csv`: a row for each student, three columns for each lesson, and a total."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.checking.report import Report, Student
from autograder.common.files import write_whole
from autograder.common.lessons import Course
from autograder.common.spreadsheets import guarded, sheet_text
from autograder.common.text import number
from autograder.grading.results import lessons_in
from autograder.grading.roster import kept_roster
from autograder.grading.term import LessonTerms, Term

FILE = "term.csv"
_WHO = ("student", "name", "email", "section")


@dataclass(frozen=True)
class _Column:
    """A lesson: its points, and its reports by their student."""

    lesson: str
    worth: float
    reports: Mapping[str, Report]
    terms: LessonTerms


def write_term_table(out: Path, term: Term | None, course: Course | None) -> Path:
    """Make the table anew from all reports in `out`. A lesson that the course file lists stands in it in any case.

    `course` gives the order of the lessons and what one without reports is worth; without it they stand by name.
    """
    found = {results.lesson: results.all()[0] for results in lessons_in(out)}
    known = course.lessons if course is not None else {}
    listed = term.lessons if term is not None else {}
    names = [name for name in known if name in found or name in listed]
    names += [name for name in found if name not in known]
    columns = []
    for name in names:
        reports = {report.student.id: report for report in found.get(name, [])}
        points = sum(one.points for one in known[name].exercises.values()) if name in known else 0
        worth = max((report.max_score for report in reports.values()), default=float(points))
        columns.append(_Column(name, worth, reports, term.of(name) if term is not None else LessonTerms()))
    roster = kept_roster(out)
    there = {name for column in columns for name in column.reports}
    write_whole(out / FILE, term_csv(columns, term, roster.without(there) if roster else ()))
    return out / FILE


def term_csv(columns: Sequence[_Column], term: Term | None, missing: Iterable[Student] = ()) -> str:
    """A student without a report in a lesson has an empty score there, and 0 counts; those `missing` have none."""
    heads = [f"{column.lesson} {what}" for column in columns for what in ("score", "max", "final")]
    rows = [[*_WHO, *heads, "total", "maximum"]]
    people = {student.id: student for student in missing}
    for column in columns:
        for name, report in column.reports.items():
            people.setdefault(name, report.student)
            if not people[name].email:  # another lesson's report may know more
                people[name] = report.student
    for name, student in sorted(people.items()):
        cells: list[str] = []
        for column in columns:
            own = column.reports.get(name)
            cells += (
                [number(own.score), number(own.max_score), number(own.final)]
                if own
                else ["", number(column.worth), "0"]
            )
        total, maximum = _total(columns, name, term)
        who = [guarded(text) for text in (name, student.name, student.email, student.section)]
        rows.append([*who, *cells, number(total), number(maximum)])
    return sheet_text(rows)


def _total(columns: Sequence[_Column], student: str, term: Term | None) -> tuple[float, float]:
    """By the weights of the course file, or without one the sum of all points."""
    if term is None:
        finals = [column.reports[student].final for column in columns if student in column.reports]
        return sum(finals), sum(column.worth for column in columns)
    shares = sorted((_share(column, student), -column.terms.weight) for column in columns if column.terms.weight)
    counted = shares[min(term.drop_lowest, max(len(shares) - 1, 0)) :]  # of equal ones the heavier is dropped
    weights = sum(-weight for _, weight in counted)
    total = sum(share * -weight for share, weight in counted) / weights if weights else 0.0
    return total * term.maximum, term.maximum


def _share(column: _Column, student: str) -> float:
    """What a student has of a lesson, from 0 to 1; above 1 only with points that may lift above the lesson's."""
    report = column.reports.get(student)
    if report is None or not column.worth:
        return 0.0
    final, top = max(report.final, 0.0), column.terms.maximum or report.max_score
    most = max(1.0, final / report.max_score) if report.max_score else 1.0
    return min(final / top, most) if top else 0.0
