"""Files made from reports: the student's page, the class's table, JUnit XML."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from autograder.checking.report import CheckReport, Report
from autograder.common.lessons import Lesson
from autograder.common.spreadsheets import guarded, sheet_text
from autograder.common.text import number, one_line

GRADES = (
    "submission", "lesson", "score", "max_score", "status",
    "passed", "failed", "todo", "blocked", "seconds", "seed", "tier", "attempt", "final",
    "name", "email", "section", "source", "handed_in",
)  # fmt: skip
_MARKS = {"passed": "✓ passed", "failed": "✗ failed", "todo": "… to do", "blocked": "· blocked"}


@dataclass(frozen=True)
class ClassFile:
    """A file made from all reports of a lesson: its name in the results' folder, and what makes its text."""

    name: str
    make: Callable[[Sequence[Report]], str]


@dataclass(frozen=True)
class ReportFile:
    """A file made from each report: what follows the submission's name, and what makes its text."""

    ending: str
    make: Callable[[Report], str]


Writer = ClassFile | ReportFile


def student_page(report: Report, lesson: Lesson) -> str:
    """The student's page, in Markdown. Hidden checks appear without names: they are counted, and say their sentence."""
    lines = [f"# {lesson.title}", "", f"**{number(report.score)} of {number(report.max_score)} points**", ""]
    lines += _adjusted(report)
    lines += [f"- {_code(note)}" for note in report.notes] + [""] * bool(report.notes)
    if report.status == "broken":
        block = [f"    {line}" for line in report.reason.splitlines()]
        return "\n".join([*lines, "Nothing could be checked:", "", *block, ""])
    for name, exercise in lesson.exercises.items():
        checks = [check for check in report.checks if check.exercise == name]
        if not checks:
            continue
        earned, worth = sum(check.points for check in checks), sum(check.max_points for check in checks)
        points = f"{number(earned)} of {number(worth)}" if worth else "ungraded"
        lines += [f"## `{name}`: {points}", ""]
        outcomes = {check.outcome for check in checks}
        if outcomes == {"todo"}:
            lines += [f"To do, about {exercise.minutes} minutes.", ""]
            continue
        if "blocked" in outcomes:
            reason = next(check.message for check in checks if check.outcome == "blocked")  # names an exercise, no more
            lines += [f"{reason[0].upper()}{reason[1:]}.", ""]
            continue
        passed = sum(check.outcome == "passed" for check in checks)
        lines += [f"{passed} of {len(checks)} checks pass.", ""]
        lines += _failures(checks)
    return "\n".join(lines)


def _adjusted(report: Report) -> list[str]:
    """What was added to the score or taken off it, and what counts; nothing where nothing was."""
    if not report.adjustments:
        return []
    lines = [f"- {_signed(one.points)} ({one_line(one.kind)}): {one_line(one.reason)}" for one in report.adjustments]
    return [*lines, "", f"**{number(report.final)} points count**", ""]


def _signed(points: float) -> str:
    return f"{'+' if points > 0 else '-' if points < 0 else ''}{number(abs(points))} points"


@dataclass(frozen=True)
class Told:
    """What a student reads of a check that isn't passed. `name` is None where the check is hidden."""

    outcome: str
    name: str | None
    sentence: str
    details: tuple[str, ...]


def told(checks: Sequence[CheckReport]) -> list[Told]:
    """What a student may read of an exercise's checks: each sentence once, and the details of the first alone."""
    found: dict[str, Told] = {}
    for check in checks:
        if check.outcome == "passed" or check.visibility == "hidden":
            continue
        sentence, *rest = check.message.splitlines() or ["This check fails."]
        name = check.name if check.public else None
        found.setdefault(sentence, Told(check.outcome, name, sentence, () if found else tuple(rest)))
    return list(found.values())


def _failures(checks: Sequence[CheckReport]) -> list[str]:
    """The first failed check of an exercise in full; of the others the sentences, each once."""
    lines: list[str] = []
    for place, one in enumerate(told(checks)):
        if place == 1:
            lines += ["", "Fix that first; these may fail for the same reason:", ""]
        label = f"`{one.name}`" if one.name is not None else "a hidden check"
        lines.append(f"- {_MARKS[one.outcome]} ({label}): {one.sentence}")
        lines += [f"  - {_code(line)}" for line in one.details]
    return [*lines, ""] if lines else []


def _code(line: str) -> str:
    """A line as code: what a submission says of itself must not become headings, links or pictures of the page."""
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    space = " " if "`" in line else ""
    return f"{ticks}{space}{line}{space}{ticks}"


def grades_csv(reports: Sequence[Report]) -> str:
    """One row for each report, in the order of the submissions' names. `seed` is the start of its fingerprint."""
    rows: list[list[str]] = []
    for report in reports:
        counts = [str(report.count(outcome)) for outcome in ("passed", "failed", "todo", "blocked")]
        row = [report.submission, report.lesson, number(report.score), number(report.max_score), report.status]
        made_by = (report.seed_fingerprint[:12], report.tier, str(report.attempt))
        row += [*counts, f"{report.seconds:.3f}", *made_by, number(report.final)]
        who = (report.student.name, report.student.email, report.student.section, report.source)
        rows.append([*row, *map(guarded, who), report.times.handed_in or ""])
    return sheet_text([GRADES, *sorted(rows, key=lambda row: row[0])])


def exercises_csv(reports: Sequence[Report]) -> str:
    """One row for each report, one column for each exercise, and what counts beside them."""
    names = list(dict.fromkeys(check.exercise for report in reports for check in report.checks))
    rows: list[list[str]] = []
    for report in reports:
        earned = [[check.points for check in report.checks if check.exercise == name] for name in names]
        beside = [
            sum(one.points for one in report.adjustments if one.kind == kind) for kind in ("late", "attempts", "manual")
        ]
        comments = "; ".join(one_line(one.reason) for one in report.adjustments if one.kind == "manual")
        points = [number(sum(each)) if each else "" for each in earned]
        told = [number(report.score), *map(number, beside), number(report.final), guarded(comments)]
        rows.append([report.submission, *points, *told])
    heads = ["submission", *names, "score", "late", "attempts", "manual", "final", "comments"]
    return sheet_text([heads, *sorted(rows, key=lambda row: row[0])])


def junit_xml(reports: Sequence[Report]) -> str:
    """JUnit XML: one suite for each submission, one case for each check."""
    root = ElementTree.Element("testsuites")
    for report in reports:
        failures = sum(check.outcome != "passed" for check in report.checks)
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=f"{report.submission}.{report.lesson}",
            tests=str(len(report.checks)),
            failures=str(failures),
            time=f"{report.seconds:.3f}",
        )
        for check in report.checks:
            place = {"classname": f"{report.lesson}.{check.exercise}", "name": check.name}
            case = ElementTree.SubElement(suite, "testcase", place, time=f"{check.seconds:.3f}")
            if check.outcome != "passed":
                said = {"message": check.message.split("\n")[0], "type": check.outcome}
                ElementTree.SubElement(case, "failure", said).text = check.message
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


CSV = ClassFile("grades.csv", grades_csv)
EXERCISES = ClassFile("exercises.csv", exercises_csv)
JUNIT = ClassFile("junit.xml", junit_xml)
