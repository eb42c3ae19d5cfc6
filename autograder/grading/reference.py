"""The course's own solution, asked what a submission was asked: before a failed check costs points, it must pass it.

And what is left out since it does not: such a check is in no score of the class. `OUT/<lesson>/left_out.json` names it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.checking.door import LocalTransport
from autograder.checking.report import Report
from autograder.checking.running import Check, Run, Verdict
from autograder.checking.student import Session, Transport
from autograder.checking.submission import Submission, resolve
from autograder.common.files import write_whole
from autograder.common.lessons import Course, Lesson
from autograder.grading.results import LEFT_OUT


@dataclass(frozen=True)
class Reference:
    """The reference of a lesson.

    It runs in the grader's own process, unless told otherwise: it is the course's, nobody is to be kept out.
    """

    lesson: Lesson
    submission: Submission

    @classmethod
    def of(cls, course: Course, lesson: Lesson) -> Reference | None:
        if not course.reference(lesson.name).exists():
            return None
        return cls(lesson, resolve(course.root / "solutions", lesson.name, lesson.uses))

    def fails(
        self, checks: Iterable[Check], seed: str, spawn: Callable[[], Transport] = LocalTransport
    ) -> dict[str, str]:
        """The names of those checks that it fails with this seed, each with where and why: `FILE:LINE: sentence`.

        One that another of them blocks is none.
        """
        checks = list(checks)
        session = Session.of(self.lesson, self.submission, spawn)
        try:
            verdicts = Run(self.lesson, checks, session, seed).all()
        finally:
            session.close()
        wrong = [(check, verdicts[check.name]) for check in checks]
        return {check.name: _why(check, verdict) for check, verdict in wrong if verdict.outcome in ("failed", "todo")}


def _why(check: Check, verdict: Verdict) -> str:
    code = check.function.__code__
    return verdict.error or f"{code.co_filename}:{code.co_firstlineno}: {verdict.sentence}"


def failed(checks: Iterable[Check], verdicts: Mapping[str, Verdict]) -> list[Check]:
    """The checks that cost a submission points by themselves; none of a submission that can't be loaded."""
    asked = [(check, verdicts[check.name]) for check in checks if check.name in verdicts]
    return [check for check, verdict in asked if verdict.outcome == "failed" and not verdict.broken]


class LeftOut:
    """The checks that a lesson's reference fails: in the present run, and in earlier ones with the same checks."""

    def __init__(self, folder: Path, checks_digest: str) -> None:
        self.path = folder / LEFT_OUT
        self.checks_digest = checks_digest
        self.names: list[str] = []
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
            if data["checks_digest"] == checks_digest:
                self.names = [name for name in data["left_out"] if isinstance(name, str)]
        except (OSError, ValueError, KeyError, TypeError):
            pass  # none yet, or damaged: the reference is asked again

    def add(self, names: Iterable[str]) -> list[str]:
        """Note down checks; gives those that are new."""
        new = [name for name in dict.fromkeys(names) if name not in self.names]
        if new:
            self.names += new
            data = {"checks_digest": self.checks_digest, "left_out": self.names}
            write_whole(self.path, json.dumps(data, indent=2) + "\n")
        return new


def without(report: Report, names: Iterable[str]) -> Report:
    """The report as it would be had these checks not been there: less of each score, and less to be had."""
    names = set(names)
    gone = [check for check in report.checks if check.name in names]
    if not gone:
        return report
    return replace(
        report,
        checks=tuple(check for check in report.checks if check.name not in names),
        score=round(report.score - sum(check.points for check in gone), 6),
        max_score=round(report.max_score - sum(check.max_points for check in gone), 6),
    )


def leans_on(report: Report, names: Iterable[str]) -> bool:
    """Whether one of these checks may have blocked others in this report, so that it must be made anew."""
    names = set(names)
    return any(check.name in names and check.public and check.outcome != "passed" for check in report.checks)
