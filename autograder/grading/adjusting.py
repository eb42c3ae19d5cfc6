"""What counts beside the score: lateness and attempts by the course file, and points that were given by hand.

All of it is made from a report, its history and the rules alone, so that making it again changes nothing, and stands
apart from the score, in `adjustments`. Those that are made here say so; what somebody wrote into a report stays.
The rules of a folder of results lie in it: what was given once holds for each later run, until it is given anew.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from autograder.checking.report import Adjustment, Report
from autograder.checking.submission import Who
from autograder.common.errors import CourseError
from autograder.common.files import write_whole
from autograder.common.lessons import Course, Lesson
from autograder.common.spreadsheets import read_text
from autograder.common.text import number
from autograder.grading.files import student_page
from autograder.grading.manual import Points, given_to, read_points
from autograder.grading.policy import days_begun, said_of_late, zoned
from autograder.grading.results import Results, lessons_in
from autograder.grading.term import Term, check_extensions, extended, parse_term

TERM, MANUAL, EXTENSIONS = "term.toml", "manual.csv", "extensions.json"  # in the folder of results
_BY = "by"  # says in an adjustment what it was made from
_COURSE_FILE, _HAND = "course file", "table of points"


@dataclass(frozen=True)
class Rules:
    """What holds for a folder of results. None: nothing was ever given, and what is in reports stays as it is."""

    term: Term | None = None
    points: Sequence[Points] | None = None
    extensions: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)  # to be kept in the folder: name → text

    @property
    def empty(self) -> bool:
        return self.term is None and self.points is None

    def keep(self, out: Path) -> None:
        """Let them hold for later runs, too."""
        out.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            if not (out / name).exists() or (out / name).read_bytes() != text.encode():
                write_whole(out / name, text)


def rules(
    course: Callable[[], Course],
    out: Path,
    term: Path | None = None,
    manual: Path | None = None,
    extensions: Mapping[str, str] | None = None,
    coming: Iterable[Who] = (),
) -> Rules:
    """The rules for `out`: those that are given, or else those that it keeps. Writes nothing.

    `extensions` are those of a roster, by the student's id; `coming` are students who may have no report yet.
    Raises CourseError, with file and line or key, on what is no rule, or on points for nobody.
    """
    files: dict[str, str] = {}
    found: Term | None = None
    place = term or out / TERM
    if term is not None or place.exists():
        files[TERM] = _text(place)
        found = parse_term(files[TERM], str(place), course().lessons)
    if extensions is not None:
        check_extensions(extensions, "the roster")
        files[EXTENSIONS] = json.dumps(dict(extensions), indent=1, ensure_ascii=False) + "\n"
    else:
        extensions = _kept_extensions(out / EXTENSIONS)
    points: Sequence[Points] | None = None
    place = manual or out / MANUAL
    if manual is not None or place.exists():
        people = [report.student for results in lessons_in(out) for report in results.all()[0]]
        points = given_to(place, read_points(place, course()), [*people, *coming])
        files[MANUAL] = read_text(place)[0]
    return Rules(found, points, {**(found.extensions if found else {}), **extensions}, files)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CourseError(f"{path} is not UTF-8: save it so.") from None
    except OSError as error:
        raise CourseError(f"{path} can't be read ({error.strerror}).") from None


def _kept_extensions(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        data = json.loads(_text(path))
        found = {str(name): str(value) for name, value in data.items()}
    except (ValueError, AttributeError):
        raise CourseError(f"{path} is damaged: give the roster once more, or remove it.") from None
    check_extensions(found, str(path))
    return found


# --- one report -----------------------------------------------------------------------------------------------------


def adjusted(report: Report, earlier: Callable[[], Sequence[Report]], rules: Rules) -> Report:
    """The report with its adjustments made anew; `earlier` gives those of its history, oldest first."""
    kept = [one for one in report.adjustments if _stays(one, rules)]
    if rules.term is not None:
        report = replace(report, late=_days(report, rules))
        kept += _by_course_file(report, kept, earlier, rules)
    if rules.points is not None:
        kept += _by_hand(report, kept, rules.points)
    return replace(report, adjustments=tuple(kept))


def _stays(one: Adjustment, rules: Rules) -> bool:
    by = one.more.get(_BY)
    return not ((by == _COURSE_FILE and rules.term is not None) or (by == _HAND and rules.points is not None))


def _days(report: Report, rules: Rules) -> float | None:
    """Days begun after this student's due date; where no time is known, what somebody wrote into the report."""
    handed_in = zoned(report.times.handed_in)
    if handed_in is None or rules.term is None:
        return report.late
    due = due_date(report, rules)
    grace = rules.term.of(report.lesson).policy.grace_minutes
    return None if due is None else float(days_begun(handed_in, due, grace))


def due_date(report: Report, rules: Rules) -> datetime | None:
    """When this student's work is due, with an extension where there is one."""
    due = rules.term.of(report.lesson).due if rules.term is not None else None
    if due is None:
        return None
    return extended(due, rules.extensions.get(report.student.id, ""))


def _by_course_file(
    report: Report, kept: Iterable[Adjustment], earlier: Callable[[], Sequence[Report]], rules: Rules
) -> list[Adjustment]:
    assert rules.term is not None
    policy = rules.term.of(report.lesson).policy
    if any(one.kind == "late" for one in kept):  # somebody decided by hand
        return []
    if policy.attempts is not None and report.attempt > policy.attempts:
        first = _first_attempts([*earlier(), report], policy.attempts)
        if report.digest not in {one.digest for one in first}:
            stands = max((one.score - _lost(one, _days(one, rules), rules) for one in first), default=0.0)
            told = f"This is attempt {report.attempt}; {policy.attempts} count. The best of those stands."
            return [Adjustment("attempts", round(stands - report.score, 6), told, {_BY: _COURSE_FILE})]
    lost = _lost(report, report.late, rules)
    days = math.ceil(report.late or 0)
    told = said_of_late(days, 1.0 - policy.lost(days))
    return [Adjustment("late", 0.0 - lost, told, {_BY: _COURSE_FILE})] if told else []


def _lost(report: Report, days: float | None, rules: Rules) -> float:
    """The points that lateness takes off a score."""
    assert rules.term is not None
    return round(report.score * rules.term.of(report.lesson).policy.lost(math.ceil(days or 0)), 6)


def _first_attempts(reports: Iterable[Report], count: int) -> list[Report]:
    """The newest report of each of the first attempts."""
    newest: dict[str, Report] = {}
    for report in reports:
        if report.digest:
            newest[report.digest] = report  # keeps the place of the first one
    return list(newest.values())[:count]


def _by_hand(report: Report, kept: Iterable[Adjustment], points: Iterable[Points]) -> list[Adjustment]:
    """The rows for this report, each cut where it would leave the span from 0 to the lesson's points."""
    found = []
    final = report.score + sum(one.points for one in kept)
    for row in points:
        if (row.student, row.lesson) != (report.student.id, report.lesson):
            continue
        room = math.inf if row.extra else max(0.0, report.max_score - final)
        given = round(max(min(row.points, room), -max(0.0, final)), 6)
        cut = "" if given == row.points else f" ({number(given)} of {number(row.points)} points have room)"
        found.append(Adjustment("manual", given, row.reason + cut, {_BY: _HAND}))
        final += given
    return found


# --- a folder of them -----------------------------------------------------------------------------------------------


def adjust(results: Results, lesson: Lesson, rules: Rules) -> list[str]:
    """Make the adjustments of all reports of a lesson anew, and the pages of those that change.

    Gives a sentence for each student about whom somebody must decide: marked late, and nobody knows by how much.
    """
    if rules.empty:
        return []
    told = []
    for report in results.stored()[0]:
        new = adjusted(report, partial(results.earlier, report.submission), rules)
        if new != report:
            results.write(new, student_page(new, lesson))
        told += _doubts(new, rules)
    return told


def _doubts(report: Report, rules: Rules) -> list[str]:
    if not report.times.marked_late or report.late or rules.term is None:
        return []
    if any(one.kind == "late" for one in report.adjustments):
        return []
    why = "without a time" if report.times.handed_in is None else "but was in time by the course file"
    told = f"{report.submission} is marked late in {report.lesson}, {why}: nothing was taken off"
    return [f"{told}; decide yourself, with --manual."]


def waiting(out: Path, rules: Rules, lesson: str | None = None) -> list[str]:
    """A sentence for each row of points, of one lesson or of all, whose student has no report in its lesson."""
    there = {(report.submission, results.lesson) for results in lessons_in(out) for report in results.all()[0]}
    return [
        f"The points of line {row.line} wait: {row.student} has no report in {row.lesson}."
        for row in rules.points or ()
        if (row.student, row.lesson) not in there and lesson in (None, row.lesson)
    ]
