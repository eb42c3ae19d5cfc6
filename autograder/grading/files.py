"""Files made from reports: the student's page, the class's table, JUnit XML."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from autograder.checking.report import CheckReport, Report
from autograder.common.lessons import Lesson
from autograder.common.text import number, one_line

GRADES = (
    "submission", "lesson", "score", "max_score", "status",
    "passed", "failed", "todo", "blocked", "seconds", "seed", "tier", "attempt", "final",
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
        lines += _failures([check for check in checks if check.outcome != "passed" and check.visibility != "hidden"])
    return "\n".join(lines)


def _adjusted(report: Report) -> list[str]:
    """What was added to the score or taken off it, and what counts; nothing where nothing was."""
    if not report.adjustments:
        return []
    lines = [f"- {_signed(one.points)} ({one_line(one.kind)}): {one_line(one.reason)}" for one in report.adjustments]
    return [*lines, "", f"**{number(report.final)} points count**", ""]


def _signed(points: float) -> str:
    return f"{'+' if points > 0 else '-' if points < 0 else ''}{number(abs(points))} points"


def _failures(checks: Sequence[CheckReport]) -> list[str]:
    """The first failed check of an exercise in full; of the others the sentences, each once."""
    lines: list[str] = []
    said: set[str] = set()
    for check in checks:
        first, *rest = check.message.splitlines() or ["This check fails."]
        if first in said:
            continue
        if len(said) == 1:
            lines += ["", "Fix that first; these may fail for the same reason:", ""]
        label = f"`{check.name}`" if check.public else "a hidden check"
        lines.append(f"- {_MARKS[check.outcome]} ({label}): {first}")
        lines += [f"  - {_code(line)}" for line in rest] if not said else []
        said.add(first)
    return [*lines, ""] if lines else []


def _code(line: str) -> str:
    """A line as code: what a submission says of itself must not become headings, links or pictures of the page."""
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    space = " " if "`" in line else ""
    return f"{ticks}{space}{line}{space}{ticks}"


def grades_csv(reports: Sequence[Report]) -> str:
    """One row for each report, in the order of the submissions' names. `seed` is the start of its fingerprint."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(GRADES)
    rows: list[list[str]] = []
    for report in reports:
        counts = [str(report.count(outcome)) for outcome in ("passed", "failed", "todo", "blocked")]
        row = [report.submission, report.lesson, number(report.score), number(report.max_score), report.status]
        made_by = (report.seed_fingerprint[:12], report.tier)
        rows.append([*row, *counts, f"{report.seconds:.3f}", *made_by, str(report.attempt), number(report.final)])
    rows.sort(key=lambda row: row[0])
    writer.writerows(rows)
    return text.getvalue()


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
JUNIT = ClassFile("junit.xml", junit_xml)
