"""Files made from reports. A score is written whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
import time
from collections.abc import Callable, Container, Sequence
from pathlib import Path
from xml.etree import ElementTree

from autograder import classroom50, gradescope
from autograder.lessons import Lesson
from autograder.report import CheckReport, Report
from autograder.view import number

GRADES = (
    "submission", "lesson", "score", "max_score", "status",
    "passed", "failed", "todo", "blocked", "seconds", "seed", "tier",
)  # fmt: skip
_UNFINISHED = 60.0  # seconds: writing a file takes milliseconds
_MARKS = {"passed": "✓ passed", "failed": "✗ failed", "todo": "… to do", "blocked": "· blocked"}


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader, or a killed run, finds the old one or the whole new one."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def remove_unfinished(folder: Path, names: Container[str]) -> None:
    """Remove what a killed run's `write_whole` left of these files; one that is being written is younger."""
    for path in folder.glob(".*"):
        written = re.fullmatch(r"\.(.+)\.[a-z0-9_]{8}", path.name)
        try:
            if written and written[1] in names and time.time() - path.lstat().st_mtime > _UNFINISHED:
                path.unlink()
        except OSError:
            continue


def student_page(report: Report, lesson: Lesson) -> str:
    """The student's page, in Markdown. Hidden checks appear without names: they are counted, and say their sentence."""
    lines = [f"# {lesson.title}", "", f"**{number(report.score)} of {number(report.max_score)} points**", ""]
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
        lines += _failures([check for check in checks if check.outcome != "passed" and check.show != "hidden"])
    return "\n".join(lines)


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
        label = f"`{check.name}`" if check.visibility == "visible" else "a hidden check"
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
    """One row for each report, in the order of the submissions' names."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(GRADES)
    for report in sorted(reports, key=lambda report: report.submission):
        counts = [report.count(outcome) for outcome in ("passed", "failed", "todo", "blocked")]
        row = [report.submission, report.lesson, number(report.score), number(report.max_score), report.status]
        writer.writerow([*row, *counts, f"{report.seconds:.3f}", report.seed, report.tier])
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


NBGRADER = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score",
)  # fmt: skip


def nbgrader_csv(reports: Sequence[Report]) -> str:
    """The table that `nbgrader export` writes, with the lesson as the assignment."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(NBGRADER)
    for report in sorted(reports, key=lambda report: report.submission):
        about = (report.lesson, "", "", report.submission, "", "", "")
        writer.writerow([*about, report.score, 0.0, report.score, report.max_score])
    return text.getvalue()


# format → file name and what makes it, from all reports of a run
CLASS_FORMATS: dict[str, tuple[str, Callable[[Sequence[Report]], str]]] = {
    "csv": ("grades.csv", grades_csv),
    "junit": ("junit.xml", junit_xml),
    "nbgrader": ("nbgrader.csv", nbgrader_csv),
}
# format → what the name of a submission's file ends in, and what makes it of one report
REPORT_FORMATS: dict[str, tuple[str, Callable[[Report], str]]] = {
    "gradescope": (".gradescope.json", gradescope.results_json),
    "classroom50": (".classroom50.json", classroom50.result_json),
}
FORMATS = (*CLASS_FORMATS, *REPORT_FORMATS)
